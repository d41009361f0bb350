package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.provision.SourceTree;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Helm as administrator of a bed's cluster.
 *
 * @param program the executable
 * @param kubeconfig the administrator's
 * @param home what it keeps between two calls
 */
record Helm(Path program, Path kubeconfig, Path home) {
    static final Path CHART =
            SourceTree.locate().module("deploy").resolve("helm").resolve("nodejoin");

    private static final Duration TIMEOUT = Duration.ofMinutes(4);

    static Helm of(TestBed bed, Path home) {
        return new Helm(bed.provisioner().helm(), bed.controlPlane().adminKubeconfig(), home);
    }

    /** The values of the tests by this name. */
    static Path values(String name) {
        return Path.of("src/test/resources/chart").resolve(name + ".yaml").toAbsolutePath();
    }

    Command command(String... words) {
        List<String> all = new ArrayList<>(List.of(program.toString()));
        all.addAll(List.of(words));
        return Command.of(all)
                .withVariable("KUBECONFIG", kubeconfig.toString())
                .withVariable("HOME", home.toString())
                .withVariable("HELM_CACHE_HOME", home.resolve("cache").toString())
                .withVariable("HELM_CONFIG_HOME", home.resolve("config").toString())
                .withVariable("HELM_DATA_HOME", home.resolve("data").toString())
                .withTimeout(TIMEOUT);
    }

    /** The manifests of the chart with these values, as {@code helm template nodejoin} prints them. */
    String render(String namespace, String values) {
        return command(
                        "template",
                        "nodejoin",
                        CHART.toString(),
                        "--namespace=" + namespace,
                        "--values=" + values(values))
                .run()
                .orFail()
                .output();
    }
}
