package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// The server has one core for itself, the load generator another.
const serverCore, loadCore, bothCores = "1", "0", "0,1"

// server is a process that is measured.
type server struct {
	url     string
	started time.Duration // from the start of the process to its first answer of 200
	process *os.Process
	done    chan struct{}
}

// launch starts a server and waits until it answers path with 200. The arguments may name {addr}.
func launch(path, program string, args ...string) (*server, error) {
	addr, err := free()
	if err != nil {
		return nil, err
	}
	for i := range args {
		args[i] = strings.ReplaceAll(args[i], "{addr}", addr)
	}
	cmd := pinned(serverCore, program, args...)
	var problems strings.Builder
	cmd.Stderr = &problems
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{url: "http://" + addr, process: cmd.Process, done: make(chan struct{})}
	go func() {
		_ = cmd.Wait() // it is told to stop; how it ends does not matter
		close(s.done)
	}()
	for time.Since(begun) < 20*time.Second {
		if response, err := http.Get(s.url + path); err == nil {
			response.Body.Close()
			if response.StatusCode == http.StatusOK {
				s.started = time.Since(begun)
				return s, nil
			}
		}
		select {
		case <-s.done:
			return nil, fmt.Errorf("%s %s ended: %s", program, strings.Join(args, " "), problems.String())
		case <-time.After(time.Millisecond):
		}
	}
	s.stop()
	return nil, fmt.Errorf("%s %s does not answer %s", program, strings.Join(args, " "), path)
}

// pinned is a program that stays on some cores; without settings it uses all of these.
func pinned(cores, program string, args ...string) *exec.Cmd {
	cmd := exec.Command("taskset", append([]string{"-c", cores, program}, args...)...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "ZHAOHUI_") || strings.HasPrefix(v, "GOMAXPROCS=") })
	return cmd
}

func (s *server) stop() {
	_ = s.process.Signal(syscall.SIGTERM) // it may have ended by itself
	<-s.done
}

// memory is a line of the process's status in MiB: VmRSS now, VmHWM at the highest.
func (s *server) memory(line string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.process.Pid))
	if err != nil {
		return 0, err
	}
	found := regexp.MustCompile(line + `:\s+(\d+) kB`).FindSubmatch(status)
	if found == nil {
		return 0, fmt.Errorf("no %s in the status of the process", line)
	}
	kib, err := strconv.ParseFloat(string(found[1]), 64)
	return kib / 1024, err
}

// free is an address that nobody listens on.
func free() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// portal starts the demo, with more settings.
func (c *runCommand) portal(settings ...string) (*server, error) {
	return launch("/", c.Portal, append([]string{"demo", "--addr", "{addr}", "--log-level", "error"}, settings...)...)
}

// serve starts a portal as an operator does, with a data folder and files that stand in for mail and SMS.
func (c *runCommand) serve(folder string) (*server, error) {
	return launch("/", c.Portal, "serve", "--addr", "{addr}", "--log-level", "error", "--data", folder, "--mail", "file:"+filepath.Join(folder, "mail"),
		"--sms", "file:"+filepath.Join(folder, "sms"))
}

func self() string {
	own, err := os.Executable()
	if err != nil {
		panic(err) // Linux always knows
	}
	return own
}
