package io.nodejoin.testbed.pki;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;

/**
 * The certificates, keys and kubeconfig files of one bed: three independent CAs, for the cluster, for the gateway's
 * server certificate, and for the agents' client certificates.
 */
public final class BedPki {
    /** The service cluster IP of the API server: the first address of {@link #SERVICE_SUBNET}. */
    private static final String SERVICE_ADDRESS = "10.96.0.1";

    public static final String SERVICE_SUBNET = "10.96.0.0/16";

    private final BedDirectories directories;
    private final AddressPlan plan;
    private final Clock clock;
    private final SecureRandom random;

    public BedPki(BedDirectories directories, AddressPlan plan, Clock clock, SecureRandom random) {
        this.directories = directories;
        this.plan = plan;
        this.clock = clock;
        this.random = random;
    }

    /** Writes all files unless a former call has: the last file written vouches for the others. */
    public void ensure() {
        Path complete = file("complete");
        if (Files.exists(complete)) {
            return;
        }
        writeCluster();
        writeGateway();
        writeAgentAuthority();
        Pem.writePrivately(complete, "");
    }

    public Path file(String name) {
        return directories.pki().resolve(name);
    }

    private void writeCluster() {
        CertificateAuthority authority = authority("kubernetes", "ca");
        write(
                "apiserver",
                authority.issue(Subject.server(
                        "kube-apiserver",
                        List.of("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc"),
                        List.of(plan.apiServer().address(), "127.0.0.1", SERVICE_ADDRESS).stream()
                                .distinct()
                                .toList())));
        write(
                "apiserver-kubelet-client",
                authority.issue(Subject.memberOf("system:masters", "apiserver-kubelet-client")));
        KeyPair serviceAccounts = CertificateAuthority.newKeys(random);
        Pem.writePrivately(file("sa.key"), Pem.pkcs8(serviceAccounts));
        Pem.writePrivately(file("sa.pub"), Pem.publicKey(serviceAccounts));
        Kubeconfig kubeconfig =
                new Kubeconfig(plan.apiServer(), authority.identity().certificatePem());
        Identity admin = authority.issue(Subject.memberOf("system:masters", "admin"));
        kubeconfig.write(directories.adminKubeconfig(), "admin", admin);
        new Kubeconfig(plan.apiServerLink(), authority.identity().certificatePem())
                .write(directories.adminKubeconfigOverLink(), "admin", admin);
        kubeconfig.writeAnonymous(directories.anonymousKubeconfig());
        for (String component : List.of("kube-controller-manager", "kube-scheduler")) {
            String user = "system:" + component;
            kubeconfig.write(file(component + ".conf"), user, authority.issue(Subject.user(user)));
        }
    }

    private void writeGateway() {
        CertificateAuthority authority = authority("nodejoin-gateway", "gateway-ca");
        List<String> addresses = plan.inNamespaces() ? List.of(plan.rootAddress(), "127.0.0.1") : List.of("127.0.0.1");
        write("gateway", authority.issue(Subject.server("nodejoin-gateway", List.of("localhost"), addresses)));
    }

    private void writeAgentAuthority() {
        authority("nodejoin-agents", "agent-ca");
    }

    private CertificateAuthority authority(String commonName, String fileName) {
        CertificateAuthority authority = new CertificateAuthority(commonName, clock, random);
        write(fileName, authority.identity());
        return authority;
    }

    private void write(String name, Identity identity) {
        Pem.writePrivately(file(name + ".crt"), identity.certificatePem());
        Pem.writePrivately(file(name + ".key"), identity.keyPem());
    }
}
