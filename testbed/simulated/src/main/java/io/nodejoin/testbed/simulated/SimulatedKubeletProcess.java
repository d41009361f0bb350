package io.nodejoin.testbed.simulated;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.nodejoin.testbed.pki.ClientKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A kubelet's process and its restarts after outages of the API server, until it is stopped and its thread is
 * interrupted. A denied CSR ends it.
 */
final class SimulatedKubeletProcess implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(SimulatedKubeletProcess.class);
    private static final Duration RETRY_INTERVAL = Duration.ofMillis(500);
    /** The delay after which systemd restarts an exited kubelet. */
    private static final Duration RESTART_DELAY = Duration.ofSeconds(2);

    private static final ObjectMapper YAML = new ObjectMapper(new YAMLFactory());

    private final HostIdentity host;
    private final KubeletFiles files;
    private final Duration heartbeat;
    private final Duration readyAfter;
    private final Clock clock;
    private final LongAdder calls;
    private final CountDownLatch stopped = new CountDownLatch(1);
    /** That of the life before, as a kubelet keeps it until it has its certificate. */
    private @Nullable ClientKey key;

    /**
     * @param readyAfter how long after its registration it reports Ready
     * @param calls counts its requests to the API server
     */
    SimulatedKubeletProcess(
            HostIdentity host,
            KubeletFiles files,
            Duration heartbeat,
            Duration readyAfter,
            Clock clock,
            LongAdder calls) {
        this.host = host;
        this.files = files;
        this.heartbeat = heartbeat;
        this.readyAfter = readyAfter;
        this.clock = clock;
        this.calls = calls;
    }

    /** Lets no further heartbeat begin. */
    void stop() {
        stopped.countDown();
    }

    @Override
    public void run() {
        try {
            do {
                bootstrapAndServe();
            } while (!stopped.await(RESTART_DELAY.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException _) {
            LOG.debug("simulated kubelet of {} stopped", host.node());
        } catch (GeneralSecurityException | IllegalStateException e) {
            LOG.warn("simulated kubelet of {} ended: {}", host.node(), e.toString());
        }
    }

    private void bootstrapAndServe() throws GeneralSecurityException, InterruptedException {
        try {
            if (!Files.exists(files.clientCertificate())) {
                bootstrap();
            }
            sendHeartbeats();
        } catch (IOException | UncheckedIOException e) {
            LOG.debug("simulated kubelet of {}: {}; it will be started again", host.node(), e.toString());
        }
    }

    private void bootstrap() throws IOException, GeneralSecurityException, InterruptedException {
        Kubeconfig config = Kubeconfig.read(files.bootstrapKubeconfig());
        ClientKey kept = key == null ? ClientKey.generate() : key;
        key = kept;
        try (KubeletApiClient api = KubeletApiClient.withToken(config, calls)) {
            String pem = new CertificateRequest(api, host).obtain(kept);
            Files.createDirectories(files.pki());
            write(files.clientCertificate(), pem);
            write(files.kubeconfig(), Kubeconfig.withCertificate(config, files.clientCertificate()));
        }
    }

    private void sendHeartbeats() throws IOException, GeneralSecurityException, InterruptedException {
        Kubeconfig config = Kubeconfig.read(files.kubeconfig());
        try (KubeletApiClient api =
                KubeletApiClient.withCertificate(config, Files.readString(files.clientCertificate()), calls)) {
            var node = new NodeRegistration(api, host, settings(), clock);
            node.register();
            if (stopped.await(readyAfter.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            node.reportReady();
            Duration pause = heartbeat;
            while (!stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                pause = sendHeartbeat(node) ? heartbeat : RETRY_INTERVAL;
            }
        }
    }

    private boolean sendHeartbeat(NodeRegistration node) throws InterruptedException {
        try {
            node.sendHeartbeat();
            return true;
        } catch (IOException e) {
            LOG.debug("simulated kubelet of {}: {}; trying again", host.node(), e.toString());
            return false;
        }
    }

    private JsonNode settings() throws IOException {
        return Files.exists(files.config()) ? YAML.readTree(files.config().toFile()) : YAML.createObjectNode();
    }

    private static void write(Path file, String text) throws IOException {
        Path aside = Files.createTempFile(
                file.getParent(),
                file.getFileName().toString(),
                "",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(aside, text);
        Files.move(aside, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
