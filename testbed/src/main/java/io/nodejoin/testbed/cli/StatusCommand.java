package io.nodejoin.testbed.cli;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.host.Host;
import io.nodejoin.testbed.process.ProcessIdentity;
import io.nodejoin.testbed.process.SupervisedProcess;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "status", description = "Show the parts of a bed and whether they run.")
final class StatusCommand implements Runnable {
    private static final String ROW = "%-26s %-8s %-8s %s%n";

    @Mixin
    private BedOption bedOption = new BedOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        TestBed bed = bedOption.existingBed();
        PrintWriter out = Output.of(spec);
        out.printf(ROW, "PART", "STATE", "PID", "LOG OR ADDRESS");
        for (SupervisedProcess process : bed.processes()) {
            String pid = process.identity()
                    .map(ProcessIdentity::pid)
                    .map(String::valueOf)
                    .orElse("-");
            out.printf(ROW, process.name(), state(process.isRunning()), pid, process.log());
        }
        for (Host host : bed.hosts()) {
            out.printf(ROW, "host " + host.name(), state(host.isRunning()), "-", host.address());
        }
        out.flush();
    }

    private static String state(boolean running) {
        return running ? "running" : "stopped";
    }
}
