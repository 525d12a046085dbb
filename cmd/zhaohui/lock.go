package main

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
)

// lock takes the data folder for this process: a second serve on it would lose counts. The system lets go of it when
// the process ends, however it ends.
func lock(data string) (func() error, error) {
	f, err := os.OpenFile(filepath.Join(data, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("ZHAOHUI_DATA: lock the folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("ZHAOHUI_DATA: the folder %s is in use by another serve", data)
	}
	return f.Close, nil
}
