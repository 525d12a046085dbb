package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"zhaohui/internal/vault"
)

// keysCommand changes the keyset while everything sealed with older keys stays readable.
type keysCommand struct {
	Rotate rotateCommand `cmd:"" help:"Put a new key in front; older ones still open what they sealed. Restart serve afterwards."`
	Reseal resealCommand `cmd:"" help:"Seal all of the database again with the newest key, and say which older keys may go."`
}

type rotateCommand struct {
	Data    string `help:"Folder with the keyset." default:"data" placeholder:"DIR"`
	KeyFile string `help:"File with the keyset; DATA/keys by default." placeholder:"FILE"`
	Keyset  string `hidden:""`
}

// Run replaces the file in one step, so that a crash leaves either the old keyset or the new one.
func (c *rotateCommand) Run() error {
	if c.Keyset != "" {
		return errors.New("rotate: the keyset comes from ZHAOHUI_KEYSET: put a new key in front of it there (openssl rand -base64 32), with a comma after it")
	}
	file := databaseSettings{Data: c.Data, KeyFile: c.KeyFile}.keyFile()
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("rotate: %w (name the folder with --data or the file with --key-file)", err)
	}
	keys, err := vault.Parse(string(raw))
	if err != nil {
		return fmt.Errorf("rotate: %w", err)
	}
	next, err := os.CreateTemp(filepath.Dir(file), ".keys-") // CreateTemp makes it 0600
	if err != nil {
		return fmt.Errorf("rotate: %w", err)
	}
	_, err = next.WriteString(keys.Rotated().String())
	if err := errors.Join(err, next.Sync(), next.Close()); err != nil {
		_ = os.Remove(next.Name())
		return fmt.Errorf("rotate: %w", err)
	}
	if err := os.Rename(next.Name(), file); err != nil {
		return fmt.Errorf("rotate: %w", err)
	}
	fmt.Println("rotated; restart serve, and back up", file)
	return nil
}
