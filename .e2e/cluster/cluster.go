// Package cluster runs a Kubernetes control plane on the loopback interface: the real
// etcd, API server, controllers and scheduler, and nodes whose kubelets KWOK plays, so
// that pods become ready without containers.
package cluster

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"time"
)

// startTimeout is what a server may take to be ready, on a machine that does other things too.
const startTimeout = 3 * time.Minute

// kubectlTimeout is longer than what kubectl is told to wait for.
const kubectlTimeout = 5 * time.Minute

// A Cluster is a control plane with one node.
type Cluster struct {
	// Dir holds what the servers write: their data and their logs.
	Dir string
	// Kubeconfig is the file that programs reach the API server with, as its administrator.
	Kubeconfig string
	// URL is the address of the API server, CertificateAuthority the file that its
	// certificate is checked with, and Token what the administrator shows it.
	URL, CertificateAuthority, Token string

	programs  string
	processes []*process
}

// Start starts a cluster, of the programs in a folder, with its files in dir. After an error nothing runs.
func Start(programs, dir string) (*Cluster, error) {
	c := &Cluster{Dir: dir, programs: programs}
	for _, start := range []func() error{c.startAPI, c.startControllers, c.startNode} {
		if err := start(); err != nil {
			c.Stop()
			return nil, err
		}
	}
	return c, nil
}

// Stop ends all servers, those that were started last first.
func (c *Cluster) Stop() {
	for _, p := range slices.Backward(c.processes) {
		p.stop()
	}
	c.processes = nil
}

// Run starts a further server that ends with the cluster.
func (c *Cluster) Run(name string, command *exec.Cmd) error {
	p, err := start(c.Dir, name, command)
	if err != nil {
		return err
	}
	c.processes = append(c.processes, p)
	return nil
}

// Await looks until ready returns nil. The error is what it returned last, or why a
// server of the cluster has ended.
func (c *Cluster) Await(timeout time.Duration, ready func() error) error {
	return await(timeout, c.processes, ready)
}

// Kubectl runs kubectl with something on its standard input and returns what it prints.
func (c *Cluster) Kubectl(stdin string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), kubectlTimeout)
	defer cancel()
	command := exec.CommandContext(ctx, filepath.Join(c.programs, "kubectl"), args...) //nolint:gosec // of the build
	command.Env = append(os.Environ(), "KUBECONFIG="+c.Kubeconfig, "HOME="+c.Dir)
	command.Stdin = bytes.NewBufferString(stdin)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return stdout.String(), fmt.Errorf("kubectl %q: %w: %s", args, err, stderr.String())
	}
	return stdout.String(), nil
}

// Define tells the API server of custom resources, and returns when it takes them.
func (c *Cluster) Define(definitions string) error {
	if _, err := c.Kubectl(definitions, "apply", "--server-side", "-f", "-"); err != nil {
		return err
	}
	return c.Await(startTimeout, func() error {
		return second(c.Kubectl(definitions, "wait", "--for=condition=Established", "--timeout=5s", "-f", "-"))
	})
}

func (c *Cluster) command(program string, args ...string) *exec.Cmd {
	return exec.Command(filepath.Join(c.programs, program), args...) //nolint:gosec // of the build
}

func (c *Cluster) path(name string) string { return filepath.Join(c.Dir, name) }

// startAPI starts etcd and the API server, and writes what others reach that with.
func (c *Cluster) startAPI() error {
	ports, err := FreePorts(3)
	if err != nil {
		return err
	}
	store, peer := "http://"+Loopback(ports[0]), "http://"+Loopback(ports[1])
	err = c.Run("etcd", c.command("etcd", "--data-dir", c.path("etcd"), "--unsafe-no-fsync",
		"--listen-client-urls", store, "--advertise-client-urls", store,
		"--listen-peer-urls", peer, "--initial-advertise-peer-urls", peer, "--initial-cluster", "default="+peer,
	))
	if err != nil {
		return err
	}
	key := c.path("service-accounts.key")
	if err := writeKey(key); err != nil {
		return err
	}
	c.Token = rand.Text()
	tokens := c.path("tokens.csv")
	if err := os.WriteFile(tokens, []byte(c.Token+",administrator,administrator,system:masters\n"), 0o600); err != nil {
		return err
	}
	c.URL, c.CertificateAuthority = "https://"+Loopback(ports[2]), c.path("apiserver.crt")
	err = c.Run("kube-apiserver", c.command("kube-apiserver",
		"--etcd-servers", store, "--bind-address", "127.0.0.1", "--secure-port", strconv.Itoa(ports[2]),
		"--cert-dir", c.Dir, "--token-auth-file", tokens, "--authorization-mode", "RBAC",
		"--service-account-key-file", key, "--service-account-signing-key-file", key,
		"--service-account-issuer", "https://kubernetes.default.svc",
		"--service-cluster-ip-range", "10.0.0.0/24", "--endpoint-reconciler-type", "none",
		"--disable-admission-plugins", "ServiceAccount", // no pod of ours wants a token
	))
	if err != nil {
		return err
	}
	c.Kubeconfig = c.path("kubeconfig")
	if err := os.WriteFile(c.Kubeconfig, fmt.Appendf(nil, kubeconfig, c.URL, c.CertificateAuthority, c.Token), 0o600); err != nil {
		return err
	}
	return c.Await(startTimeout, func() error { return second(c.Kubectl("", "get", "--raw", "/readyz")) })
}

const kubeconfig = `apiVersion: v1
kind: Config
clusters:
- name: e2e
  cluster:
    server: %s
    certificate-authority: %s
users:
- name: administrator
  user:
    token: %s
contexts:
- name: e2e
  context:
    cluster: e2e
    user: administrator
current-context: e2e
`

func (c *Cluster) startControllers() error {
	key := c.path("service-accounts.key")
	return errors.Join(
		c.Run("kube-controller-manager", c.command("kube-controller-manager", "--kubeconfig", c.Kubeconfig,
			"--leader-elect=false", "--secure-port", "0", "--service-account-private-key-file", key,
			"--kube-api-qps", "200", "--kube-api-burst", "400",
			"--node-monitor-grace-period", "2h")), // KWOK's nodes have no heartbeat
		c.Run("kube-scheduler", c.command("kube-scheduler", "--kubeconfig", c.Kubeconfig,
			"--leader-elect=false", "--secure-port", "0")),
	)
}

const node = `apiVersion: v1
kind: Node
metadata:
  name: node
  labels:
    kubernetes.io/hostname: node
    kubernetes.io/os: linux
`

func (c *Cluster) startNode() error {
	kwok := c.command("kwok", "--kubeconfig", c.Kubeconfig, "--config", filepath.Join(c.programs, "stages.yaml"),
		"--manage-all-nodes", "--node-ip", "127.0.0.1")
	kwok.Env = append(os.Environ(), "HOME="+c.Dir)
	if err := c.Run("kwok", kwok); err != nil {
		return err
	}
	if _, err := c.Kubectl(node, "apply", "-f", "-"); err != nil {
		return err
	}
	return c.Await(startTimeout, func() error {
		return second(c.Kubectl("", "wait", "--for=condition=Ready", "node/node", "--timeout=5s"))
	})
}

func second(_ string, err error) error { return err }

// Loopback is the address of a port of this machine.
func Loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// FreePorts returns ports of the loopback interface that nobody listens at.
func FreePorts(count int) ([]int, error) {
	ports := make([]int, count)
	for i := range ports {
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, fmt.Errorf("cannot find a free port: %w", err)
		}
		defer listener.Close() // all are held until all are found
		ports[i] = listener.Addr().(*net.TCPAddr).Port
	}
	return ports, nil
}

// writeKey writes a new private key into a file.
func writeKey(file string) error {
	const bits = 2048
	key, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return err
	}
	block := &pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}
	return os.WriteFile(file, pem.EncodeToMemory(block), 0o600)
}
