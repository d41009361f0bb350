package io.nodejoin.testbed.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

@Command(name = "shell", description = "A root shell on a host, or one command there: shell NAME [-- COMMAND...]")
final class HostShellCommand implements Callable<Integer> {
    @Mixin
    private BedOption bedOption = new BedOption();

    @Parameters(index = "0", paramLabel = "HOST")
    private String name = "";

    @Parameters(index = "1..*", paramLabel = "COMMAND")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() {
        List<String> inside = command.isEmpty() ? List.of("bash", "--login") : command;
        return bedOption.host(bedOption.existingBed(), name).runAttached(inside);
    }
}
