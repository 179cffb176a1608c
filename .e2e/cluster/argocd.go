package cluster

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// ArgoCDNamespace is where the Applications are.
const ArgoCDNamespace = "argocd"

// StartArgoCD starts the parts of Argo CD that render and sync. The repo-server finds
// the tools of a folder, kustomize among them, before those of the path, and the
// plugins whose sidecars listen in another folder.
func (c *Cluster) StartArgoCD(tools, plugins string) error {
	if err := c.installArgoCD(); err != nil {
		return err
	}
	ports, err := FreePorts(3)
	if err != nil {
		return err
	}
	redis, repoServer := Loopback(ports[0]), Loopback(ports[1])
	//nolint:gosec // the system's
	if err := c.Run("redis", exec.Command("redis-server", "--bind", "127.0.0.1", "--port", strconv.Itoa(ports[0]),
		"--save", "", "--appendonly", "no", "--dir", c.Dir)); err != nil {
		return err
	}
	environment := append(os.Environ(),
		"PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+c.Dir, "TMPDIR="+c.path("tmp"),
		"ARGOCD_GPG_ENABLED=false", "ARGOCD_TLS_DATA_PATH="+c.path("tls"), "ARGOCD_SSH_DATA_PATH="+c.path("ssh"),
		"ARGOCD_ASK_PASS_SOCK="+c.path("ask-pass.sock"), "ARGOCD_PLUGINSOCKFILEPATH="+plugins,
		"ARGOCD_PAUSE_GEN_AFTER_FAILED_ATTEMPTS=0", // each commit is rendered
	)
	renderer := c.command("argocd-repo-server", "--disable-tls", "--redis", redis,
		"--address", "127.0.0.1", "--port", strconv.Itoa(ports[1]),
		"--metrics-address", "127.0.0.1", "--metrics-port", strconv.Itoa(ports[2]))
	controller := c.command("argocd-application-controller", "--kubeconfig", c.Kubeconfig, "--namespace", ArgoCDNamespace,
		"--redis", redis, "--repo-server", repoServer, "--repo-server-plaintext", "--metrics-port", "0")
	renderer.Env, controller.Env = environment, environment
	if err := errors.Join(os.MkdirAll(c.path("tmp"), 0o700), c.Run("argocd-repo-server", renderer)); err != nil {
		return err
	}
	err = c.Await(startTimeout, func() error {
		connection, err := net.DialTimeout("tcp", repoServer, time.Second)
		if err != nil {
			return err
		}
		return connection.Close()
	})
	if err != nil {
		return err
	}
	return c.Run("argocd-application-controller", controller)
}

// RunPlugin starts the sidecar of a config management plugin, whose plugin.yaml is in a
// folder. It listens in the folder plugins, and runs in the environment of the tools.
func (c *Cluster) RunPlugin(configuration, tools, plugins string) error {
	sidecar := c.command("argocd-cmp-server", "--config-dir-path", configuration)
	sidecar.Env = append(os.Environ(),
		"PATH="+tools+string(os.PathListSeparator)+os.Getenv("PATH"), "HOME="+c.Dir,
		"ARGOCD_PLUGINSOCKFILEPATH="+plugins, "ARGOCD_CMP_WORKDIR="+c.path("plugin-work"),
	)
	if err := c.Run("argocd-cmp-server", sidecar); err != nil {
		return err
	}
	return c.Await(startTimeout, func() error {
		sockets, err := filepath.Glob(filepath.Join(plugins, "*.sock"))
		if err == nil && len(sockets) == 0 {
			err = errors.New("the plugin does not listen yet")
		}
		return err
	})
}

// installArgoCD applies what Argo CD wants to find: its kinds, its settings, a project,
// and the cluster that it syncs to, which is the one that it is in.
func (c *Cluster) installArgoCD() error {
	for _, file := range []string{"application-crd.yaml", "appproject-crd.yaml"} {
		definition, err := os.ReadFile(filepath.Join(c.programs, file)) //nolint:gosec // of the build
		if err != nil {
			return err
		}
		if err := c.Define(string(definition)); err != nil {
			return err
		}
	}
	authority, err := os.ReadFile(c.CertificateAuthority)
	if err != nil {
		return err
	}
	_, err = c.Kubectl(fmt.Sprintf(argoCD, c.URL, c.Token, base64.StdEncoding.EncodeToString(authority)), "apply", "-f", "-")
	return err
}

const argoCD = `apiVersion: v1
kind: Namespace
metadata:
  name: argocd
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: argocd-cm
  namespace: argocd
  labels:
    app.kubernetes.io/part-of: argocd
data:
  kustomize.buildOptions: --enable-alpha-plugins --enable-exec --enable-helm
---
apiVersion: v1
kind: Secret
metadata:
  name: argocd-secret
  namespace: argocd
  labels:
    app.kubernetes.io/part-of: argocd
stringData:
  server.secretkey: not-used-without-a-web-server
---
apiVersion: v1
kind: Secret
metadata:
  name: cluster
  namespace: argocd
  labels:
    argocd.argoproj.io/secret-type: cluster
stringData:
  name: e2e
  server: %s
  config: '{"bearerToken": "%s", "tlsClientConfig": {"caData": "%s"}}'
---
apiVersion: argoproj.io/v1alpha1
kind: AppProject
metadata:
  name: default
  namespace: argocd
spec:
  sourceRepos: ['*']
  destinations:
  - {namespace: '*', server: '*'}
  clusterResourceWhitelist:
  - {group: '*', kind: '*'}
`
