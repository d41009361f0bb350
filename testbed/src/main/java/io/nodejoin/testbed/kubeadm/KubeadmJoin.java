package io.nodejoin.testbed.kubeadm;

import io.nodejoin.protocol.discovery.CaPin;
import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.controlplane.ControlPlane;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.pki.Pem;
import io.nodejoin.testbed.process.Await;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.template.Template;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Joins a host by {@code kubeadm join}, which needs an administrator at the host. What kubeadm needs in the cluster is
 * created before the measurement starts.
 */
public final class KubeadmJoin {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Duration SIGNATURE_TIMEOUT = Duration.ofSeconds(30);
    private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789";

    private final AddressPlan plan;
    private final BedDirectories directories;
    private final ControlPlane controlPlane;
    private final SecureRandom random;

    public KubeadmJoin(AddressPlan plan, BedDirectories directories, ControlPlane controlPlane, SecureRandom random) {
        this.plan = plan;
        this.directories = directories;
        this.controlPlane = controlPlane;
        this.random = random;
    }

    /** Joins the host and returns the time from the start of kubeadm to the Ready node. */
    public Duration join(Host host) {
        String token = word(6) + "." + word(16);
        prepareCluster(token);
        installUnit(host);
        CaPin pin = pin(directories.pki().resolve("ca.crt"));
        long begin = System.nanoTime();
        CommandResult joined = host.run(
                List.of(
                        "kubeadm",
                        "join",
                        plan.apiServer().toString(),
                        "--token=" + token,
                        "--discovery-token-ca-cert-hash=" + pin,
                        "--node-name=" + host.name(),
                        "--ignore-preflight-errors=all"),
                TIMEOUT);
        joined.orFail();
        if (!Await.until(TIMEOUT, () -> isReady(host.name()))) {
            throw new IllegalStateException("node " + host.name() + " did not become Ready");
        }
        return Duration.ofNanos(System.nanoTime() - begin);
    }

    private void prepareCluster(String token) {
        if (!plan.settings().tokenControllers()) {
            throw new IllegalStateException(
                    "kubeadm join needs the bootstrap signer, which this bed's controller manager does not run");
        }
        Path file = directories.root().resolve("kubeadm.yaml");
        Pem.writePrivately(
                file,
                Template.load("kubeadm/kubeadm.yaml")
                        .render(Map.of(
                                "token", token,
                                "address", plan.apiServer().address(),
                                "port", plan.apiServer().port(),
                                "version", serverVersion(),
                                "endpoint", plan.apiServer())));
        String config = "--config=" + file;
        String kubeconfig = "--kubeconfig=" + directories.adminKubeconfig();
        for (List<String> phase : List.of(List.of("upload-config", "all"), List.of("bootstrap-token"))) {
            List<String> words = new java.util.ArrayList<>(List.of("init", "phase"));
            words.addAll(phase);
            words.addAll(List.of(config, kubeconfig));
            controlPlane.kubeadm(words).run().orFail();
        }
        String signature = "jws-kubeconfig-" + token.substring(0, 6);
        if (!Await.until(SIGNATURE_TIMEOUT, () -> clusterInfo().contains(signature))) {
            throw new IllegalStateException("the bootstrap signer did not sign cluster-info for the new token");
        }
    }

    private String clusterInfo() {
        return controlPlane
                .kubectl("get", "configmap", "cluster-info", "--namespace=kube-public", "--output=json")
                .run()
                .output();
    }

    private String serverVersion() {
        String version =
                controlPlane.kubectl("get", "--raw", "/version").run().orFail().output();
        return version.replaceAll("(?s).*\"gitVersion\":\\s*\"([^\"]+)\".*", "$1");
    }

    private static void installUnit(Host host) {
        host.write(
                "/etc/systemd/system/kubelet.service",
                Template.load("kubeadm/kubelet.service").text());
        host.run("systemctl", "daemon-reload").orFail();
    }

    private boolean isReady(String node) {
        String path = "--output=jsonpath={.status.conditions[?(@.type==\"Ready\")].status}";
        return controlPlane
                .kubectl("get", "node", node, path)
                .run()
                .output()
                .strip()
                .equals("True");
    }

    private String word(int length) {
        return random.ints(length, 0, ALPHABET.length())
                .collect(StringBuilder::new, (text, at) -> text.append(ALPHABET.charAt(at)), StringBuilder::append)
                .toString();
    }

    private static CaPin pin(Path authority) {
        try (InputStream pem = Files.newInputStream(authority)) {
            return CaPin.of(
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(pem));
        } catch (IOException unreadable) {
            throw new UncheckedIOException("cannot read " + authority, unreadable);
        } catch (CertificateException broken) {
            throw new IllegalStateException("cannot pin " + authority, broken);
        }
    }
}
