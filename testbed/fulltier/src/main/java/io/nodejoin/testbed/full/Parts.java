package io.nodejoin.testbed.full;

import io.nodejoin.testbed.chaos.ChaosMain;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** All parts, in the order in which they are run: what takes minutes first. */
final class Parts {
    private static final List<String> BOOTED = List.of(
            "AgentInstallerE2E", "AgentKilledE2E", "CertificateRotationE2E", "EarlyPreparationE2E", "HostSettingsE2E");

    /** Classes of tests that have parts of their own. */
    private static final List<String> ALONE = List.of(
            "CanaryE2E",
            "ChartInstallE2E",
            "DockerProfileE2E",
            "HostileE2E",
            "ImageE2E",
            "InteropE2E",
            "KubeProxyE2E",
            "KubernetesReleasesE2E",
            "OlderDebianE2E",
            "ProducersE2E",
            "TokenTheftE2E",
            "TokenTheftRaceE2E");

    /** No unit test, where a part has tests on a bed alone. */
    private static final List<String> NO_UNIT_TEST =
            List.of("-Dtest=!*", "-Dsurefire.failIfNoSpecifiedTests=false", "-Dfailsafe.failIfNoSpecifiedTests=false");

    private static final String ORDER = "-Djunit.jupiter.testclass.order.random.seed=" + Part.SEED;
    private static final String SEED = "-Dnodejoin.seed=" + Part.SEED;

    /** The part whose figures are what works together. */
    static final String RELEASES = "releases";

    static final List<Part> ALL = Stream.of(longUnitTests(), build(), onBeds(), hostile(), benches(), experiments())
            .flatMap(List::stream)
            .toList();

    private Parts() {}

    private static List<Part> longUnitTests() {
        return List.of(
                unit(
                        "agent kills",
                        "an agent killed at 200 of its side effects",
                        "-pl",
                        "worker-agent",
                        "-am",
                        "-Dtest=KillTest",
                        "-Dnodejoin.kills=200",
                        "-Dnodejoin.kills.seed=" + Part.SEED),
                unit(
                        "fuzzers",
                        "each parser against 300,000 mutations",
                        "-Dtest=*FuzzTest",
                        "-Dnodejoin.fuzz.rounds=300000",
                        "-Dnodejoin.fuzz.seed=" + Part.SEED),
                unit(
                        "two requests",
                        "200 pairs of requests for one node, in real time",
                        "-pl",
                        "service",
                        "-am",
                        "-Dtest=TwoRequestsTest",
                        "-Dnodejoin.race.pairs=200"),
                unit(
                        "simulation",
                        "10,000 seeds of joins in virtual time",
                        "-pl",
                        "workflows",
                        "-am",
                        "-Dtest=JoinSimulationTest",
                        "-Dnodejoin.simulation.seeds=10000",
                        "-Dnodejoin.simulation.first=" + Part.SEED));
    }

    private static List<Part> build() {
        return List.of(
                new Part(
                        "gates",
                        "each kind of planted violation, which the build must refuse",
                        List.of(".ci/gates"),
                        List.of(),
                        Evidence.NONE),
                new Part(
                        "reproducible",
                        "two builds give the same jars, packages and images",
                        List.of(".ci/reproducible"),
                        List.of(),
                        Evidence.NONE),
                new Part(
                        "empty caches",
                        "./mvnw verify as on a new machine: a clone, an empty home and empty caches",
                        List.of(".ci/fresh", Part.DIRECTORY),
                        List.of(Need.BOOTED_HOSTS),
                        Evidence.TESTS));
    }

    private static List<Part> onBeds() {
        String others = Stream.concat(BOOTED.stream(), ALONE.stream())
                .map(name -> ",!" + name)
                .collect(Collectors.joining("", "*E2E", ""));
        return List.of(
                new Part(
                        "adapters",
                        "unit and adapter tests that are tagged full",
                        maven(
                                List.of("verify", "-Pfull", "-Dit.test=*IT", "-Dfailsafe.failIfNoSpecifiedTests=false"),
                                ORDER,
                                SEED),
                        List.of(Need.BOOTED_HOSTS),
                        Evidence.TESTS),
                endToEnd("light hosts", "end-to-end tests that are tagged full, on light hosts", others),
                endToEnd("booted hosts", "the same on booted hosts", String.join(",", BOOTED)),
                endToEnd("older Debian", "hosts with Debian 12", "OlderDebianE2E"),
                endToEnd("docker", "hosts with Docker", "DockerProfileE2E"),
                endToEnd("image", "the image of the service in a pod on a node", "ImageE2E"),
                endToEnd("interop", "Nodejoin and kubeadm on the same hosts", "InteropE2E"),
                new Part(
                        RELEASES,
                        "each kubelet with each API server that supports it, from 1.34 on: join and leave",
                        endToEndTests("KubernetesReleasesE2E", "-Dnodejoin.releases.json=" + Part.JSON),
                        List.of(Need.BOOTED_HOSTS),
                        Evidence.BENCH),
                endToEnd("kube-proxy", "Service IPs on a host that joined", "KubeProxyE2E"),
                endToEnd(
                        "helm",
                        "docs/install.md followed: install, join, upgrade during a join, roll back, uninstall",
                        "ChartInstallE2E"),
                new Part(
                        "producers",
                        "the programs of docs/producers, with the libraries from their registries",
                        endToEndTests("ProducersE2E"),
                        List.of(Need.LOCAL_BED, Need.KCAT, Need.PYTHON_VENV),
                        Evidence.TESTS),
                endToEnd(
                        "canary",
                        "100 joins with everything at TRACE, and no secret anywhere",
                        "CanaryE2E",
                        "-Dnodejoin.canaries=100"),
                endToEnd(
                        "races",
                        "thieves of bootstrap tokens: 50 who ask before the agent, 100 against a kubelet",
                        "TokenTheftE2E,TokenTheftRaceE2E",
                        "-Dnodejoin.thefts=50",
                        "-Dnodejoin.races=100"));
    }

    private static List<Part> hostile() {
        return List.of(new Part(
                "hostile",
                "strangers who are refused, beside joins",
                endToEndTests("HostileE2E", "-Dnodejoin.hostile.json=" + Part.JSON),
                List.of(Need.BOOTED_HOSTS),
                Evidence.BENCH));
    }

    private static List<Part> benches() {
        return List.of(
                bench("seconds to a Ready node", Evidence.BENCH, List.of(Need.BOOTED_HOSTS), "latency"),
                bench("memory, start and size of the agent", Evidence.BENCH, List.of(Need.BOOTED_HOSTS), "agent"),
                bench("microseconds of the approver's rules", Evidence.JMH, List.of(), "approver"),
                bench("seconds to an approval during a flood", Evidence.BENCH, List.of(Need.LOCAL_BED), "flood"),
                bench(
                        "small reads during many anonymous ones",
                        Evidence.BENCH,
                        List.of(Need.LOCAL_BED, Need.H2LOAD),
                        "crowd",
                        "--rounds",
                        "5",
                        "--seconds",
                        "8"),
                bench("joins beside a cluster that hangs", Evidence.BENCH, List.of(Need.LOCAL_BED), "hung"),
                storm(100),
                storm(300),
                storm(1000));
    }

    /** The machine may run nothing else meanwhile. */
    private static Part storm(int hosts) {
        String number = Integer.toString(hosts);
        return new Part(
                "bench storm " + number,
                number + " hosts at once, beside a client that only makes their API calls",
                List.of("testbed/testbed", "bench", "storm", "--hosts", number, "--runs", "3", "--json", Part.JSON),
                List.of(Need.LOCAL_BED),
                Evidence.BENCH);
    }

    private static List<Part> experiments() {
        return ChaosMain.experiments().stream()
                .map(name -> new Part(
                        name,
                        "the experiment, in its long form",
                        List.of(
                                "testbed/testbed",
                                "chaos",
                                "--long",
                                "--only",
                                name,
                                "--seed",
                                Part.SEED,
                                "--json",
                                Part.JSON),
                        List.of(name.equals("full disks") ? Need.BOOTED_HOSTS : Need.LOCAL_BED),
                        Evidence.CHAOS))
                .toList();
    }

    private static Part unit(String name, String what, String... arguments) {
        return new Part(
                name,
                what,
                maven(List.of("test", "-Dsurefire.failIfNoSpecifiedTests=false"), arguments),
                List.of(),
                Evidence.TESTS);
    }

    private static Part endToEnd(String name, String what, String classes, String... arguments) {
        return new Part(name, what, endToEndTests(classes, arguments), List.of(Need.BOOTED_HOSTS), Evidence.TESTS);
    }

    private static List<String> endToEndTests(String classes, String... arguments) {
        List<String> first = new ArrayList<>(List.of("verify", "-Pfull", "-Dit.test=" + classes));
        first.addAll(NO_UNIT_TEST);
        first.addAll(List.of(ORDER, SEED));
        return maven(first, arguments);
    }

    private static Part bench(String what, Evidence evidence, List<Need> needs, String name, String... options) {
        List<String> command = new ArrayList<>(List.of("testbed/testbed", "bench", name, "--json", Part.JSON));
        command.addAll(List.of(options));
        return new Part("bench " + name, what, command, needs, evidence);
    }

    private static List<String> maven(List<String> first, String... more) {
        List<String> command = new ArrayList<>(List.of("./mvnw"));
        command.addAll(first);
        command.addAll(List.of(more));
        return command;
    }
}
