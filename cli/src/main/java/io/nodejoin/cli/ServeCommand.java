package io.nodejoin.cli;

import io.nodejoin.activities.RootCause;
import io.nodejoin.service.config.ConfigException;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.wiring.Connections;
import io.nodejoin.service.wiring.EffectInterceptors;
import io.nodejoin.service.wiring.Lifecycle;
import io.nodejoin.service.wiring.Wiring;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nodejoin serve}: runs until SIGTERM or SIGINT. */
@Command(
        name = "serve",
        header = {
            "Runs the service.",
            "",
            "Examples:",
            "  ${ROOT-COMMAND-NAME} serve --config nodejoin.yaml",
            "  ${ROOT-COMMAND-NAME} serve --config nodejoin.yaml --check-config",
            ""
        })
final class ServeCommand implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(ServeCommand.class);

    private final Terminal terminal;
    private final Map<String, String> environment;
    private final Clock clock;
    private final EffectInterceptors interceptors;

    @Mixin
    private ConfigCommands.ConfigOption config = new ConfigCommands.ConfigOption();

    @Option(
            names = "--check-config",
            description = "only check the file, and the files that it names: exit 0 if they can be used, 2 if not")
    private boolean checkOnly;

    ServeCommand(Terminal terminal, Map<String, String> environment, Clock clock, EffectInterceptors interceptors) {
        this.terminal = terminal;
        this.environment = environment;
        this.clock = clock;
        this.interceptors = interceptors;
    }

    @Override
    public Integer call() throws Exception {
        try {
            Path file = config.file(environment);
            ServiceConfig settings = ConfigCommands.ConfigOption.read(file);
            if (checkOnly) {
                return ConfigCheck.run(terminal, file, settings);
            }
            LOG.info("configuration: {}", settings);
            return serve(settings);
        } catch (ConfigException e) {
            throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private int serve(ServiceConfig settings) throws Exception {
        Wiring wiring = createWiring(settings);
        Lifecycle lifecycle = wiring.lifecycle();
        lifecycle.start();
        LOG.info("agents connect to port {}, operators to port {}", wiring.gatewayPort(), wiring.adminPort());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            stop(lifecycle);
            stopped.countDown();
        }));
        stopped.await();
        return ExitCodes.OK;
    }

    private Wiring createWiring(ServiceConfig settings) throws ConfigException {
        try {
            return new Wiring(settings, clock, Connections.open(settings, interceptors), interceptors.workers());
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
        } catch (Exception e) { // the process ends in any case; the failure must be logged
            LOG.error("did not stop in order", e);
        }
    }
}
