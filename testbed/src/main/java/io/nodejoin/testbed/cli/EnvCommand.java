package io.nodejoin.testbed.cli;

import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "env", description = "Print the bed's addresses and files as export lines, for eval.")
final class EnvCommand implements Runnable {
    @Mixin
    private BedOption bedOption = new BedOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        PrintWriter out = Output.of(spec);
        bedOption
                .existingBed()
                .environment()
                .forEach((name, value) -> out.printf("export %s=%s%n", name, quoted(value)));
        out.flush();
    }

    /** Single quotes keep everything literal but the single quote itself. */
    static String quoted(String value) {
        return "'" + value.replace("'", "'\\''") + "'";
    }
}
