package io.nodejoin.testbed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class TestbedMainTest {

    @Test
    void shouldPassKubectlItsOwnOptions() {
        // given
        CommandLine commands = TestbedMain.commandLine();
        String[] arguments = {"kubectl", "--bed", "demo", "get", "nodes", "--token=x", "-o", "wide", "--help"};

        // when
        CommandLine.ParseResult parsed = commands.parseArgs(arguments).subcommand();

        // then
        List<String> words = parsed.unmatched();
        assertThat(words).containsExactly("get", "nodes", "--token=x", "-o", "wide", "--help");
    }

    @Test
    void shouldPassAShellItsCommand() {
        // given
        CommandLine commands = TestbedMain.commandLine();

        // when
        CommandLine.ParseResult parsed = commands.parseArgs("host", "shell", "w1", "--", "ls", "-l")
                .subcommand()
                .subcommand();

        // then
        assertThat(parsed.matchedPositionals().get(1).originalStringValues()).containsExactly("ls", "-l");
    }

    @Test
    void shouldRefuseAnUnknownFaultAsUsage() {
        // given
        StringWriter err = new StringWriter();
        CommandLine commands = TestbedMain.commandLine().setErr(new PrintWriter(err, true));

        // when
        int code = commands.execute("host", "add", "w1", "--fault", "rust");

        // then
        assertThat(code).isEqualTo(2);
        assertThat(err.toString()).contains("no fault is called 'rust'");
    }

    @Test
    void shouldQuoteForTheShell() {
        // given
        String value = "it's $HOME";

        // when
        String quoted = EnvCommand.quoted(value);

        // then
        assertThat(quoted).isEqualTo("'it'\\''s $HOME'");
    }
}
