// Package postgrestest gives tests a PostgreSQL of their own: one cluster for a test binary, made of what the system has
// installed, and an empty database for each test. Nothing else of the machine is touched, and nothing stays.
//
// Without PostgreSQL such a test is skipped, with the reason; where the variable CI is set it fails.
package postgrestest

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
)

// Run runs the tests of a package and stops the cluster if one of them started it:
//
//	func TestMain(m *testing.M) { os.Exit(postgrestest.Run(m)) }
//
// Without it the cluster still ends with the test binary, but leaves its folder behind.
func Run(m *testing.M) int {
	defer shared.stop()
	return m.Run()
}

// URL is the address of an empty database that lives as long as the test.
func URL(tb testing.TB) string {
	tb.Helper()
	shared.once.Do(func() { shared.err = shared.start() })
	if shared.err != nil {
		if errors.Is(shared.err, errMissing) && os.Getenv("CI") == "" {
			tb.Skipf("no test with PostgreSQL: %v", shared.err)
		}
		tb.Fatalf("start PostgreSQL: %v", shared.err)
	}
	return shared.database(tb)
}

// Server is a PostgreSQL of a test's own that can be stopped and started, with what is in it.
type Server struct {
	tb      testing.TB
	cluster cluster
}

// Own starts a server with one empty database; it ends with the test.
func Own(tb testing.TB) *Server {
	tb.Helper()
	s := &Server{tb: tb}
	if err := s.cluster.start(); err != nil {
		if errors.Is(err, errMissing) && os.Getenv("CI") == "" {
			tb.Skipf("no test with PostgreSQL: %v", err)
		}
		tb.Fatalf("start PostgreSQL: %v", err)
	}
	tb.Cleanup(s.cluster.stop)
	return s
}

// URL is the address of the database.
func (s *Server) URL() string { return s.cluster.address("postgres") }

// Stop ends the server as an operator does who restarts it; who is connected is cut off.
func (s *Server) Stop() {
	s.tb.Helper()
	_ = s.cluster.server.Process.Signal(syscall.SIGINT)
	<-s.cluster.ended
}

// Start starts the server again and waits until it is ready.
func (s *Server) Start() {
	s.tb.Helper()
	old := s.cluster.server
	s.cluster.server = &exec.Cmd{Path: old.Path, Args: old.Args, Dir: old.Dir, SysProcAttr: old.SysProcAttr}
	if err := s.cluster.serve(); err != nil {
		s.tb.Fatalf("start PostgreSQL again: %v", err)
	}
}

var errMissing = errors.New("PostgreSQL is not installed (deploy/test-tools.sh does)")

var shared cluster

type cluster struct {
	once   sync.Once
	err    error
	folder string
	admin  *sql.DB
	server *exec.Cmd
	ended  chan struct{}

	mu    sync.Mutex
	count int
}

func (c *cluster) start() error {
	bin, err := programs()
	if err != nil {
		return err
	}
	owner, err := owner()
	if err != nil {
		return err
	}
	if c.folder, err = os.MkdirTemp("", "zhaohui-pg-"); err != nil {
		return err
	}
	if owner != nil {
		if err := os.Chown(c.folder, int(owner.Uid), int(owner.Gid)); err != nil {
			return err
		}
	}
	data := filepath.Join(c.folder, "data")
	initdb := exec.Command(filepath.Join(bin, "initdb"), "--pgdata="+data, "--username=postgres", "--auth=trust", "--encoding=UTF8",
		"--locale=C.UTF-8", "--no-sync")
	initdb.Dir = c.folder
	initdb.SysProcAttr = &syscall.SysProcAttr{Credential: owner}
	if out, err := initdb.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	c.server = exec.Command(filepath.Join(bin, "postgres"), "-D", data, "-k", c.folder, "-c", "listen_addresses=", "-c", "fsync=off",
		"-c", "synchronous_commit=off", "-c", "full_page_writes=off", "-c", "max_connections=200", "-c", "shared_buffers=32MB")
	c.server.Dir = c.folder
	c.server.SysProcAttr = &syscall.SysProcAttr{Credential: owner, Pdeathsig: syscall.SIGQUIT}
	if err := c.serve(); err != nil {
		return err
	}
	c.admin, err = sql.Open("pgx", c.address("postgres"))
	return err
}

// serve starts the server and waits until it says that it is ready.
func (c *cluster) serve() error {
	output, err := c.server.StderrPipe()
	if err != nil {
		return err
	}
	started := make(chan error, 1)
	c.ended = make(chan struct{})
	go func() {
		runtime.LockOSThread() // the server is told of the death of the thread that started it
		if err := c.server.Start(); err != nil {
			close(c.ended)
			started <- err
			return
		}
		var said []string
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			if said = append(said, lines.Text()); strings.Contains(lines.Text(), "ready to accept connections") {
				started <- nil
				break
			}
		}
		_, _ = io.Copy(io.Discard, output) // until it ends
		err := c.server.Wait()
		close(c.ended)
		started <- fmt.Errorf("postgres ended: %w\n%s", err, strings.Join(said, "\n"))
	}()
	return <-started
}

func (c *cluster) stop() {
	if c.server != nil && c.server.Process != nil {
		if c.admin != nil {
			c.admin.Close()
		}
		_ = c.server.Process.Signal(syscall.SIGQUIT) // nobody needs what is in it
		<-c.ended
	}
	if c.folder != "" {
		os.RemoveAll(c.folder)
	}
}

func (c *cluster) address(database string) string {
	return "postgres:///" + database + "?" + url.Values{"host": {c.folder}, "user": {"postgres"}}.Encode()
}

func (c *cluster) database(tb testing.TB) string {
	tb.Helper()
	c.mu.Lock()
	defer c.mu.Unlock() // copies of the template wait for each other
	c.count++
	name := "test" + strconv.Itoa(c.count)
	_, err := c.admin.Exec(`CREATE DATABASE ` + name + ` STRATEGY file_copy`) // quicker without fsync, from version 15 on
	if err != nil {
		_, err = c.admin.Exec(`CREATE DATABASE ` + name)
	}
	if err != nil {
		tb.Fatalf("create database: %v", err)
	}
	tb.Cleanup(func() {
		if _, err := c.admin.ExecContext(context.Background(), `DROP DATABASE `+name+` WITH (FORCE)`); err != nil {
			tb.Errorf("drop database: %v", err)
		}
	})
	return c.address(name)
}

// programs is the folder of the newest PostgreSQL that is installed, where Debian keeps it or in the path.
func programs() (string, error) {
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/postgres")
	if err != nil {
		return "", err
	}
	if len(found) > 0 {
		version := func(file string) int {
			n, _ := strconv.Atoi(filepath.Base(filepath.Dir(filepath.Dir(file))))
			return n
		}
		slices.SortFunc(found, func(a, b string) int { return version(a) - version(b) })
		return filepath.Dir(found[len(found)-1]), nil
	}
	if file, err := exec.LookPath("postgres"); err == nil {
		return filepath.Dir(file), nil
	}
	return "", errMissing
}

// owner is who runs the server if we are root, which it refuses to be run by; nil if we are not.
func owner() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errMissing, err)
	}
	uid, err := strconv.ParseUint(account.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(account.Gid, 10, 32)
	if err != nil {
		return nil, err
	}
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, nil
}
