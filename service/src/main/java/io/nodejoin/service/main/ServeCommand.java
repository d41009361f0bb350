package io.nodejoin.service.main;

import io.nodejoin.cli.CliException;
import io.nodejoin.cli.CommandContext;
import io.nodejoin.cli.ExitCodes;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.service.config.ServiceConfig;
import io.nodejoin.service.wiring.EffectInterceptors;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
            "  ${ROOT-COMMAND-NAME} serve --config nodejoin.yaml --roles intake,gateway",
            ""
        })
final class ServeCommand implements Callable<Integer> {
    private final CommandContext context;
    private final EffectInterceptors interceptors;

    @Mixin
    private ConfigCommands.ConfigOption config = new ConfigCommands.ConfigOption();

    @Mixin
    private ConfigCommands.RolesOption roles = new ConfigCommands.RolesOption();

    @Option(
            names = "--check-config",
            description = "only check the file, and the files that it names: exit 0 if they can be used, 2 if not")
    private boolean checkOnly;

    @Option(
            names = "--gateway-instance",
            paramLabel = "NAME",
            description = "the stable name of this replica, instead of gateway.instance in a file that replicas share")
    private @Nullable String gatewayInstance;

    ServeCommand(CommandContext context, EffectInterceptors interceptors) {
        this.context = context;
        this.interceptors = interceptors;
    }

    @Override
    public Integer call() throws Exception {
        try {
            Path file = config.file(context.environment());
            ServiceConfig settings =
                    named(roles.applyTo(ConfigCommands.ConfigOption.read(file), context.environment()));
            if (checkOnly) {
                return ConfigCheck.run(context.terminal(), file, settings);
            }
            new ServiceProcess(context.clock(), interceptors, context.environment()).run(settings);
            return ExitCodes.OK;
        } catch (ConfigException e) {
            throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
        }
    }

    private ServiceConfig named(ServiceConfig settings) throws ConfigException {
        try {
            return gatewayInstance == null ? settings : settings.withGatewayInstance(gatewayInstance);
        } catch (IllegalArgumentException e) {
            throw new ConfigException("--gateway-instance: " + e.getMessage(), e);
        }
    }
}
