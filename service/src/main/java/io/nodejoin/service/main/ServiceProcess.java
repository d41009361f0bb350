package io.nodejoin.service.main;

import io.nodejoin.activities.RootCause;
import io.nodejoin.cli.CliException;
import io.nodejoin.cli.ExitCodes;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.Role;
import io.nodejoin.client.config.TemporalConfig;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.wiring.Connections;
import io.nodejoin.service.wiring.EffectInterceptors;
import io.nodejoin.service.wiring.Lifecycle;
import io.nodejoin.service.wiring.Wiring;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** Runs the service in this process until SIGTERM or SIGINT. */
final class ServiceProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceProcess.class);

    private final Clock clock;
    private final EffectInterceptors interceptors;
    private final Map<String, String> environment;

    /** @param environment may name a collector of traces */
    ServiceProcess(Clock clock, EffectInterceptors interceptors, Map<String, String> environment) {
        this.clock = clock;
        this.environment = environment;
        this.interceptors = interceptors;
    }

    void run(ServiceConfig settings) throws Exception {
        logEverythingInOneFormat();
        LOG.info("configuration: {}", settings);
        settings.temporal()
                .insecurity()
                .ifPresent(problem -> LOG.warn("{}. To do: {}", problem, TemporalConfig.HOW_TO_SECURE));
        Wiring wiring = createWiring(settings);
        Lifecycle lifecycle = wiring.lifecycle();
        lifecycle.start();
        LOG.info(
                "roles {}; {}operators connect to port {}",
                settings.roles().stream().map(Role::word).collect(Collectors.joining(", ")),
                wiring.gatewayPort().isPresent()
                        ? "agents connect to port " + wiring.gatewayPort().getAsInt() + ", "
                        : "",
                wiring.adminPort());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            stop(lifecycle);
            stopped.countDown();
        }));
        stopped.await();
    }

    /** gRPC and OpenTelemetry log by java.util.logging. */
    private static void logEverythingInOneFormat() {
        SLF4JBridgeHandler.removeHandlersForRootLogger();
        SLF4JBridgeHandler.install();
    }

    private Wiring createWiring(ServiceConfig settings) throws ConfigException {
        try {
            return new Wiring(
                    settings, clock, Connections.open(settings, interceptors, environment), interceptors.workers());
        } catch (IllegalArgumentException e) {
            throw new ConfigException(String.valueOf(e.getMessage()), e);
        } catch (KafkaException e) {
            throw new CliException(
                    ExitCodes.UNREACHABLE, "kafka.bootstrapServers cannot be used: " + RootCause.message(e), e);
        }
    }

    private static void stop(Lifecycle lifecycle) {
        LOG.info("stopping");
        try {
            lifecycle.stop();
            LOG.info("stopped");
        } catch (Lifecycle.StopException e) {
            LOG.error("did not stop in order", e);
        }
    }
}
