package cluster

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// A process is a server that ends with the run that started it, whatever way that ends.
type process struct {
	name    string
	logFile string
	command *exec.Cmd
	ended   chan struct{}
}

// start starts a server that writes what it has to say to NAME.log in a folder.
func start(dir, name string, command *exec.Cmd) (*process, error) {
	p := &process{name: name, logFile: filepath.Join(dir, name+".log"), command: command, ended: make(chan struct{})}
	log, err := os.Create(p.logFile)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("cannot start %s: %w", name, err)
	}
	go func() {
		_ = command.Wait() // it is killed in the end
		close(p.ended)
	}()
	return p, nil
}

// stop kills the server and all that it has started, and returns when it is gone.
func (p *process) stop() {
	_ = syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL)
	<-p.ended
}

// failure is why a server that should run does not: the end of what it said.
func (p *process) failure() error {
	said, err := os.ReadFile(p.logFile)
	if err != nil {
		return fmt.Errorf("%s ended: %w", p.name, err)
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return fmt.Errorf("%s ended:\n%s", p.name, strings.Join(lines[max(0, len(lines)-20):], "\n"))
}

// pollInterval is the time between two looks at what has no way to tell of a change.
const pollInterval = 100 * time.Millisecond

// await looks until ready returns nil, or says what it returned last after a time, or
// that one of the servers has ended.
func await(timeout time.Duration, servers []*process, ready func() error) error {
	deadline := time.Now().Add(timeout)
	for {
		err := ready()
		if err == nil {
			return nil
		}
		for _, server := range servers {
			select {
			case <-server.ended:
				return errors.Join(err, server.failure())
			default:
			}
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("not ready after %s: %w", timeout, err)
		}
		time.Sleep(pollInterval)
	}
}
