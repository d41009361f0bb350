package io.nodejoin.testbed.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.testbed.bench.BenchMain;
import io.nodejoin.testbed.chaos.ChaosMain;
import io.nodejoin.testbed.cli.TestbedMain;
import io.nodejoin.testbed.demo.DemoMain;
import io.nodejoin.testbed.full.FullMain;
import io.nodejoin.testbed.host.HostFault;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

class CommandLinesTest {
    private static final Path FILE = SourceTree.locate().testbed("command-lines.txt");

    @Test
    void shouldBeWhatTheProgramsRead() throws IOException {
        // given
        StringBuilder model = new StringBuilder();
        for (CommandLine script : List.of(
                TestbedMain.commandLine(),
                DemoMain.commandLine(),
                BenchMain.commandLine(),
                ChaosMain.commandLine(),
                FullMain.commandLine())) {
            describe(script, script.getCommandName(), model);
        }

        // when
        if (Boolean.getBoolean("nodejoin.docs.write")) {
            Files.writeString(FILE, model);
        }

        // then
        assertThat(FILE).describedAs("make it anew: .ci/docs").hasContent(model.toString());
    }

    @Test
    void shouldNameAllFaults() {
        // given
        List<String> faults =
                Arrays.stream(HostFault.values()).map(HostFault::toString).toList();

        // when
        List<String> words = List.of(HostFault.WORDS.split("\\|"));

        // then
        assertThat(words).isEqualTo(faults);
    }

    private static void describe(CommandLine command, String name, StringBuilder into) {
        into.append("# ").append(name).append('\n');
        for (OptionSpec option : command.getCommandSpec().options()) {
            for (String word : option.names()) {
                into.append(line(option, word)).append('\n');
            }
        }
        for (PositionalParamSpec argument : command.getCommandSpec().positionalParameters()) {
            into.append(argument.type().equals(List.class) ? "arguments " : "argument ")
                    .append(argument.paramLabel())
                    .append('\n');
        }
        if (command.isStopAtUnmatched()) {
            into.append("passes-on\n");
        }
        command.getUsageMessage(Ansi.OFF)
                .lines()
                .forEach(help -> into.append('|').append(help.stripTrailing()).append('\n'));
        command.getSubcommands().forEach((word, subcommand) -> describe(subcommand, name + " " + word, into));
    }

    private static String line(OptionSpec option, String word) {
        if (option.arity().max() == 0) {
            return "flag " + word;
        }
        return (option.isMultiValue() ? "options " : "option ") + word + " " + label(option);
    }

    /** The words of an option that picocli only knows as candidates; those of an enum are not what people type. */
    private static String label(ArgSpec argument) {
        Iterable<String> candidates = argument.completionCandidates();
        return candidates == null || argument.auxiliaryTypes()[0].isEnum()
                ? argument.paramLabel()
                : StreamSupport.stream(candidates.spliterator(), false).collect(Collectors.joining("|"));
    }
}
