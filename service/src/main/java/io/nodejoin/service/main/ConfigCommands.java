package io.nodejoin.service.main;

import io.nodejoin.cli.CliException;
import io.nodejoin.cli.CommandContext;
import io.nodejoin.cli.ExitCodes;
import io.nodejoin.cli.Output;
import io.nodejoin.cli.OutputFormat;
import io.nodejoin.client.config.ConfigException;
import io.nodejoin.client.config.ConfigFile;
import io.nodejoin.client.config.Role;
import io.nodejoin.service.config.ServiceConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code nodejoin config}: the service's file. */
final class ConfigCommands {
    private ConfigCommands() {}

    @Command(name = "config", header = "Prints and checks the service's file.", synopsisSubcommandLabel = "COMMAND")
    static final class Group {}

    /** The option that names the file. */
    static final class ConfigOption {
        @Option(names = "--config", paramLabel = "FILE", description = "the YAML file (or NODEJOIN_CONFIG)")
        private @Nullable Path config;

        Path file(Map<String, String> environment) {
            if (config != null) {
                return config;
            }
            String named = environment.get("NODEJOIN_CONFIG");
            if (named == null) {
                throw new CliException(
                        ExitCodes.USAGE, "no configuration is named: give --config FILE or set NODEJOIN_CONFIG", null);
            }
            return Path.of(named);
        }

        static ServiceConfig read(Path file) {
            try {
                return ConfigFile.read(file, ServiceConfig.class);
            } catch (ConfigException e) {
                throw new CliException(ExitCodes.USAGE, String.valueOf(e.getMessage()), e);
            }
        }
    }

    /** The option that names the roles of the process. */
    static final class RolesOption {
        @Option(
                names = "--roles",
                paramLabel = "ROLES",
                description =
                        "what the process does: some of intake,worker,gateway,approver (or NODEJOIN_ROLES), instead of roles in a file that processes share")
        private @Nullable String roles;

        /** Returns the settings for a process with the named roles. */
        ServiceConfig applyTo(ServiceConfig settings, Map<String, String> environment) {
            String named = roles == null ? environment.get("NODEJOIN_ROLES") : roles;
            try {
                return named == null ? settings : settings.withRoles(Role.parse(named));
            } catch (IllegalArgumentException e) {
                String source = roles == null ? "NODEJOIN_ROLES" : "--roles";
                throw new CliException(ExitCodes.USAGE, source + ": " + e.getMessage(), e);
            }
        }
    }

    @Command(
            name = "print",
            header = {
                "Prints the service's file with all its defaults.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} config print --config nodejoin.yaml",
                "  ${ROOT-COMMAND-NAME} config print --config nodejoin.yaml -o json | jq .join",
                ""
            },
            description = "Secrets are in files, which it only names.")
    static final class Print implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private ConfigOption config = new ConfigOption();

        @Mixin
        private RolesOption roles = new RolesOption();

        @Mixin
        private Output output = new Output(OutputFormat.yaml);

        Print(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            ServiceConfig settings =
                    roles.applyTo(ConfigOption.read(config.file(context.environment())), context.environment());
            String yaml = ConfigFile.write(settings);
            switch (output.format()) {
                case text, wide, yaml -> context.terminal().out().print(yaml);
                case json -> context.terminal().jsonOfYaml(yaml);
                case name ->
                    settings.clusters()
                            .keySet()
                            .forEach(cluster -> context.terminal().data(cluster.value()));
            }
            return ExitCodes.OK;
        }
    }

    @Command(
            name = "check",
            header = {
                "Checks the service's file, and the files that it names.",
                "",
                "Examples:",
                "  ${ROOT-COMMAND-NAME} config check --config nodejoin.yaml",
                ""
            },
            description = "Exit code 2 if the service could not start with it.")
    static final class Check implements Callable<Integer> {
        private final CommandContext context;

        @Mixin
        private ConfigOption config = new ConfigOption();

        @Mixin
        private RolesOption roles = new RolesOption();

        Check(CommandContext context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Path file = config.file(context.environment());
            return ConfigCheck.run(
                    context.terminal(), file, roles.applyTo(ConfigOption.read(file), context.environment()));
        }
    }
}
