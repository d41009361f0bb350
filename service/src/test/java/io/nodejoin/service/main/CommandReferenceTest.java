package io.nodejoin.service.main;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.cli.CommandContext;
import io.nodejoin.cli.Main;
import io.nodejoin.cli.Terminal;
import io.nodejoin.service.wiring.EffectInterceptors;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;

class CommandReferenceTest {
    private static final Path PAGE = Path.of("..", "docs", "reference", "cli.md");
    private static final String BEGINNING = """
            # The command line

            Made from the code by `.ci/docs`.

            These are the commands of the service's program, which its image has. The client alone, `cli`, has all of them but `serve` and
            `config`; it needs nothing of the service.

            `./nodejoin` in the root of the repository runs the build. With a link to it named `kubectl-nodejoin` on the `PATH` it is a plugin
            of kubectl: `ln -s "$PWD/nodejoin" ~/.local/bin/kubectl-nodejoin`, then `kubectl nodejoin list`.

            | exit code | meaning |
            |---|---|
            | 0 | ok |
            | 1 | failed |
            | 2 | the command line or the configuration is wrong |
            | 3 | Temporal, Kafka or the API server cannot be reached, or no worker of the service runs |
            | 4 | not found |
            | 5 | still running |
            | 6 | rejected |
            | 130 | interrupted |

            Data is on standard output in the form of `-o`, progress and errors are on standard error. Colors are used at a terminal only, and
            not if `NO_COLOR` is set. The launcher keeps an archive of classes next to the jars, made in the background by the first command;
            `NODEJOIN_NO_CDS=1` does without.

            ## Environment

            `--config` or `NODEJOIN_CONFIG` names the service's file, for addresses, topics and credentials; these variables override it.

            | variable | sets |
            |---|---|
            | `KAFKA_BOOTSTRAP_SERVERS` | `kafka.bootstrapServers` |
            | `NODEJOIN_CLUSTER` | the cluster of a node that is named without one |
            | `TEMPORAL_ADDRESS`, `TEMPORAL_NAMESPACE` | `temporal.target`, `temporal.namespace` |
            | `TEMPORAL_TLS` | `true`: TLS, also without another setting of it; `false`: none |
            | `TEMPORAL_TLS_SERVER_CA_CERT_PATH` | `temporal.tls.caFile` |
            | `TEMPORAL_TLS_CLIENT_CERT_PATH`, `TEMPORAL_TLS_CLIENT_KEY_PATH` | `temporal.tls.certFile`, `temporal.tls.keyFile` |
            | `TEMPORAL_TLS_SERVER_NAME` | `temporal.tls.serverName` |
            | `TEMPORAL_API_KEY` | the API key itself; TLS then |
            | `TEMPORAL_CONFIG_FILE`, `TEMPORAL_PROFILE` | a profile of the `temporal` command, if no service's file is named |
            | `NODEJOIN_PAYLOAD_KEYS` | `temporal.payloads.keysFile` |
            | `NODEJOIN_LOG_LEVEL` | `DEBUG` shows what the libraries say |

            The variables for Temporal are those of the `temporal` command, as is its file of profiles, `~/.config/temporalio/temporal.toml`. Its
            variables that end in `DATA` are refused, and the server's name is always verified.
            """;

    @Test
    void shouldBeWhatTheCommandsSay() throws IOException {
        // given
        PrintStream nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
        StringBuilder page = new StringBuilder(BEGINNING);
        CommandContext context = new CommandContext(new Terminal(nowhere, nowhere, false), Map.of(), Clock.systemUTC());
        describe(Main.commandLine(context, ServiceMain.program(EffectInterceptors.none())), page);

        // when
        if (Boolean.getBoolean("nodejoin.docs.write")) {
            Files.writeString(PAGE, page);
        }

        // then
        assertThat(PAGE).describedAs("make it anew: .ci/docs").hasContent(page.toString());
    }

    private static void describe(CommandLine command, StringBuilder into) {
        into.append("\n## ").append(command.getCommandSpec().qualifiedName()).append("\n\n```\n");
        command.getUsageMessage(Ansi.OFF)
                .lines()
                .forEach(line -> into.append(line.stripTrailing()).append('\n'));
        into.append("```\n");
        command.getSubcommands().values().forEach(child -> describe(child, into));
    }
}
