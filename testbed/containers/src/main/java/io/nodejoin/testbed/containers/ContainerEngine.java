package io.nodejoin.testbed.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import io.nodejoin.protocol.event.HostProfile;
import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.host.HostFault;
import io.nodejoin.testbed.host.HostSpec;
import io.nodejoin.testbed.process.Await;
import io.nodejoin.testbed.process.Parallel;
import io.nodejoin.testbed.provision.ContainerImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.utility.DockerImageName;

/**
 * The container engine of a test, and a bed with a control plane and nothing else beside it. The engine is that of the user where there is
 * one, otherwise Docker on a booted host of the bed, whose socket root alone can open. One program has one engine.
 */
public final class ContainerEngine implements AutoCloseable {
    private static final BedSettings BED = BedSettings.numbered("engine", 15).withTokenControllers(false);
    private static final String HOST = "engine";
    private static final String SOCKET = "/run/docker.sock";
    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration PULL_TIMEOUT = Duration.ofMinutes(5);

    private final TestBed bed;
    private final boolean users;

    private ContainerEngine(TestBed bed, boolean users) {
        this.bed = bed;
        this.users = users;
    }

    /** Why there can be no engine on this machine, with what would help, or empty if there can. */
    public static Optional<String> unavailableReason() {
        return TestBed.unavailableReason(hasUsersEngine() ? BedMode.LOCAL : BedMode.NAMESPACES);
    }

    /** Raises the bed anew, whatever an aborted run has left of it, and returns when the engine has all images. */
    public static ContainerEngine start() {
        boolean users = hasUsersEngine();
        TestBed bed = TestBed.open(BED.withMode(users ? BedMode.LOCAL : BedMode.NAMESPACES));
        ContainerEngine engine = new ContainerEngine(bed, users);
        bed.down();
        try {
            bed.upControlPlane();
            if (!users) {
                engine.bootHost();
            }
            Parallel.run(Stream.of(ContainerImage.values())
                    .<Supplier<DockerImageName>>map(image -> () -> engine.provide(image))
                    .toList());
            return engine;
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    /** The control plane beside the engine. */
    public TestBed bed() {
        return bed;
    }

    /** The name of this image in the engine, which has it. */
    public DockerImageName image(ContainerImage image) {
        return has(image.published()) ? DockerImageName.parse(image.published()) : built(image);
    }

    private static DockerImageName built(ContainerImage image) {
        return DockerImageName.parse(image.built()).asCompatibleSubstituteFor(image.repository());
    }

    /** Where DOCKER_HOST names an engine, it is for Testcontainers to say what is wrong with it. */
    private static boolean hasUsersEngine() {
        Map<String, String> environment = System.getenv();
        return environment.containsKey("DOCKER_HOST")
                || Stream.of("/var/run", environment.getOrDefault("XDG_RUNTIME_DIR", "/var/run"))
                        .map(directory -> Path.of(directory, "docker.sock"))
                        .anyMatch(ContainerEngine::answers);
    }

    private static boolean answers(Path socket) {
        try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            return channel.connect(UnixDomainSocketAddress.of(socket));
        } catch (IOException _) {
            return false;
        }
    }

    private void bootHost() {
        Host host = bed.addHost(
                HostSpec.named(HOST, "none").with(HostProfile.DOCKER).with(HostFault.NO_AGENT));
        Path socket = host.outerPath(SOCKET);
        if (!Await.until(START_TIMEOUT, () -> answers(socket))) {
            throw new IllegalStateException(
                    "Docker does not start on a host of the test bed:\n" + host.journal("docker.service", 40));
        }
        BedEngineStrategy.use(socket.toString(), host.address());
    }

    /** An engine of the user pulls what it can. */
    private DockerImageName provide(ContainerImage image) {
        if (users && !has(image.published())) {
            pull(image);
        }
        if (!has(image.published())) {
            load(image);
        }
        return image(image);
    }

    private static boolean has(String name) {
        try {
            client().inspectImageCmd(name).exec();
            return true;
        } catch (NotFoundException _) {
            return false;
        }
    }

    /** Whether it has worked shows by whether the image is there: most failures are only told, among the progress. */
    private static void pull(ContainerImage image) {
        try {
            boolean _ = client().pullImageCmd(image.published())
                    .start()
                    .awaitCompletion(PULL_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (DockerException | DockerClientException e) {
            System.err.println(image.published() + " cannot be pulled, and is built instead: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while " + image.published() + " was pulled", e);
        }
    }

    private void load(ContainerImage image) {
        try (InputStream archive = Files.newInputStream(bed.provisioner().containerImage(image))) {
            client().loadImageCmd(archive).exec();
        } catch (IOException e) {
            throw new UncheckedIOException("the image " + image.built() + " cannot be read", e);
        }
    }

    private static DockerClient client() {
        return DockerClientFactory.instance().client();
    }

    /** Takes the bed down, with an engine that is its own and all that is in it; images stay in an engine of the user. */
    @Override
    public void close() {
        bed.down();
    }
}
