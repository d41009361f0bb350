package io.nodejoin.testbed.containers;

import java.net.URI;
import java.util.Optional;
import org.testcontainers.dockerclient.DockerClientProviderStrategy;
import org.testcontainers.dockerclient.TransportConfig;

/** Leads Testcontainers to the engine that {@link ContainerEngine} has started on a host of the test bed; it finds this class by itself. */
public final class BedEngineStrategy extends DockerClientProviderStrategy {
    private static final String SOCKET = "nodejoin.engine.socket";
    private static final String ADDRESS = "nodejoin.engine.address";
    /** Before all that look for an engine of the machine. */
    private static final int PRIORITY = 1_000;

    /** From now on Testcontainers uses the engine behind this socket, whose published ports are open at this address. */
    static void use(String socket, String address) {
        System.setProperty(SOCKET, socket);
        System.setProperty(ADDRESS, address);
    }

    @Override
    protected boolean isApplicable() {
        return socket().isPresent();
    }

    @Override
    protected boolean isPersistable() {
        return false;
    }

    @Override
    protected int getPriority() {
        return PRIORITY;
    }

    @Override
    public String getDescription() {
        return "Docker on a host of Nodejoin's test bed";
    }

    @Override
    public TransportConfig getTransportConfig() {
        return TransportConfig.builder()
                .dockerHost(URI.create("unix://" + socket().orElseThrow()))
                .build();
    }

    @Override
    public synchronized String getDockerHostIpAddress() {
        return System.getProperty(ADDRESS, "");
    }

    private static Optional<String> socket() {
        return Optional.ofNullable(System.getProperty(SOCKET));
    }
}
