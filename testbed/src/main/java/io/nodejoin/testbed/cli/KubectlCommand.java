package io.nodejoin.testbed.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Unmatched;

@Command(
        name = "kubectl",
        description = "kubectl as administrator of the bed, or as the user of a --token given to it.")
final class KubectlCommand implements Callable<Integer> {
    @Mixin
    private BedOption bedOption = new BedOption();

    /** From the first word on that is not ours, all words are kubectl's. */
    @Unmatched
    private List<String> words = new ArrayList<>();

    @Override
    public Integer call() {
        return bedOption.existingBed().controlPlane().kubectl(words).runAttached();
    }
}
