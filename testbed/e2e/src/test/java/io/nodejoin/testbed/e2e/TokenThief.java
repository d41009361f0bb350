package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.simulated.HostIdentity;
import io.nodejoin.testbed.simulated.KubeletFiles;
import io.nodejoin.testbed.simulated.SimulatedHost;
import io.nodejoin.testbed.simulated.SimulatedKubelet;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Knows everything that a host knows, its token included, and does with it what the host's kubelet does; but has its own key. */
final class TokenThief implements AutoCloseable {
    private static final Duration HEARTBEAT = Duration.ofSeconds(5);

    private final KubeletFiles files;
    private final SimulatedKubelet kubelet;

    TokenThief(HostIdentity victim, Path den) {
        this.files = KubeletFiles.under(den);
        this.kubelet = new SimulatedKubelet(victim, files, HEARTBEAT, SimulatedHost.Fault.NONE);
    }

    /** Asks for the certificate of the victim's node; with it, registers the node and reports it Ready. */
    void useToken(String bootstrapKubeconfig) {
        try {
            Files.createDirectories(files.bootstrapKubeconfig().getParent());
            Files.writeString(files.bootstrapKubeconfig(), bootstrapKubeconfig);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        kubelet.start();
    }

    boolean holdsCertificate() {
        return Files.exists(files.pki().resolve("kubelet-client-current.pem"));
    }

    @Override
    public void close() {
        kubelet.close();
    }
}
