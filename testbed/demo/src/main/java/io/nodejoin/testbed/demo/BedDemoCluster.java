package io.nodejoin.testbed.demo;

import io.nodejoin.testbed.ComponentVersions;
import io.nodejoin.testbed.TestBed;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The components of a bed that both kinds of demo cluster share. */
abstract class BedDemoCluster implements DemoCluster {
    private final TestBed bed;

    BedDemoCluster(TestBed bed) {
        this.bed = bed;
    }

    final TestBed bed() {
        return bed;
    }

    /** Versions of the container runtime and the like on the hosts. */
    abstract Map<String, String> hostVersions();

    @Override
    public void up() {
        bed.down();
        bed.upWithService();
    }

    @Override
    public Path adminKubeconfig() {
        return bed.directories().adminKubeconfig();
    }

    @Override
    public String kafkaBootstrapServers() {
        return bed.plan().kafka().toString();
    }

    @Override
    public String temporalTarget() {
        return bed.plan().temporal().toString();
    }

    @Override
    public String kubectl(String... arguments) {
        return bed.controlPlane().kubectl(arguments).run().orFail().output();
    }

    @Override
    public Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>(hostVersions());
        versions.putAll(ComponentVersions.query(bed));
        return versions;
    }

    @Override
    public List<String> nextSteps(boolean kept) {
        String name = bed.settings().name();
        return kept
                ? List.of(
                        "testbed/testbed kubectl --bed " + name + " get nodes",
                        "eval \"$(testbed/testbed env --bed " + name + ")\" && ./nodejoin list",
                        "testbed/testbed down --bed " + name)
                : List.of("./demo --keep", "testbed/testbed up", "testbed/testbed bench latency --pairs 3");
    }

    @Override
    public void close() {
        bed.down();
    }
}
