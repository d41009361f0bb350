package io.nodejoin.testbed.service;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.AddressPlan.Endpoint;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.failpoint.FailPlan;
import io.nodejoin.testbed.failpoint.FailPointServiceMain;
import io.nodejoin.testbed.http.HttpProbe;
import io.nodejoin.testbed.pki.Pem;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.process.LaunchSpec;
import io.nodejoin.testbed.process.ProcessIdentity;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.process.ThreadDump;
import io.nodejoin.testbed.provision.FakeTime;
import io.nodejoin.testbed.provision.JarSnapshot;
import io.nodejoin.testbed.provision.SourceTree;
import io.nodejoin.testbed.template.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The Nodejoin service of this build, as a process of its own with its own credential for the cluster. */
public final class NodejoinService {
    private static final Program RELEASED = new Program("cli", "io.nodejoin.cli.Main");
    private static final Program WITH_FAIL_POINTS = new Program("testbed", FailPointServiceMain.class.getName());
    private static final String SERVE = "serve";
    /** The optimizing compiler does not pay off in a process that runs for minutes. */
    private static final String FAST_START = "-XX:TieredStopAtLevel=1";

    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);
    /** Longer than the service's own orderly stop may take. */
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(30);

    private static final Duration PREPARE_TIMEOUT = Duration.ofSeconds(90);
    /** Before it exits, the JVM sorts and writes the classes that it has loaded. */
    private static final Duration AOT_TRAINING_TIMEOUT = Duration.ofMinutes(2);

    private final AddressPlan plan;
    private final BedDirectories directories;
    private final JarSnapshot jars;
    private final SupervisedProcess process;
    private final HttpProbe probe = HttpProbe.plain();

    /** A class with a {@code main}, and the module that it is in. */
    private record Program(String module, String main) {}

    public NodejoinService(AddressPlan plan, BedDirectories directories, JarSnapshot jars) {
        this.plan = plan;
        this.directories = directories;
        this.jars = jars;
        this.process = new SupervisedProcess("service", directories.run(), directories.log());
    }

    public SupervisedProcess process() {
        return process;
    }

    /** Health, metrics and dashboard. */
    public URI admin() {
        return URI.create("http://" + plan.admin());
    }

    /** The configuration file that it is started with; {@link #prepare} writes it. */
    public Path config() {
        return directories.serviceConfig();
    }

    /** Writes the configuration, prepares the cluster and obtains the service's credential. Repeatable. */
    public void prepare(ServiceSettings settings) {
        Pem.writePrivately(
                directories.kafkaClientProperties(),
                settings.kafkaClient().entrySet().stream()
                        .map(setting -> setting.getKey() + "=" + setting.getValue() + "\n")
                        .sorted()
                        .reduce("", String::concat));
        Pem.writePrivately(config(), new ServiceConfigFile(plan, directories, settings).text());
        Path administrator =
                settings.overLinks() ? directories.adminKubeconfigOverLink() : directories.adminKubeconfig();
        cli(
                        "cluster",
                        "prepare",
                        "--approval",
                        settings.approvalLabel(),
                        "--kubeconfig",
                        administrator.toString(),
                        "--credential",
                        directories.serviceCredential().toString())
                .withTimeout(PREPARE_TIMEOUT)
                .run()
                .orFail();
    }

    /** Uses this address of the API server from the next start on, until the cluster is prepared again. */
    public void useApiServerAddress(Endpoint door) {
        Path credential = directories.serviceCredential();
        try {
            Pem.writePrivately(
                    credential, Files.readString(credential).replace("https://" + plan.apiServer(), "https://" + door));
        } catch (IOException e) {
            throw new UncheckedIOException("the service has no credential yet", e);
        }
    }

    /** Starts it unless it runs, for a short run, and returns when it is ready. The cluster must be prepared. */
    public void start() {
        start(List.of(FAST_START), Map.of());
    }

    /** As {@link #start()}, for a long run or a measurement: with both of the JVM's compilers. */
    public void startOptimized() {
        start(List.of(), Map.of());
    }

    /** Starts it as {@link #start()} does, but with every logger of it, and of all that it uses, at its most talkative. */
    public void startTracing() {
        Path logback = directories.root().resolve("trace-logback.xml");
        Path platform = directories.root().resolve("trace-logging.properties");
        Pem.writePrivately(logback, Template.load("service/trace-logback.xml").text());
        Pem.writePrivately(
                platform, Template.load("service/trace-logging.properties").text());
        start(
                List.of("-Dlogback.configurationFile=" + logback, "-Djava.util.logging.config.file=" + platform),
                Map.of());
    }

    /** Starts it with fail points in it; does not wait until it is ready, which it may never be. */
    public void startWithFailPoints(FailPlan plan) {
        launch(WITH_FAIL_POINTS, List.of(FAST_START), plan.writeToEnvironment());
    }

    /**
     * Runs it once to create the JVM's AOT cache (JEP 514): later starts of the same build, in any bed, need half of
     * the processor time. Does nothing if the cache exists. The service must not run.
     */
    public void trainAotCache() {
        trainAotCacheOf(RELEASED, Map.of());
    }

    /** As {@link #trainAotCache}, for {@link #startWithFailPoints}; with fail points that never fire. */
    public void trainFailPointAotCache(FailPlan harmless) {
        trainAotCacheOf(WITH_FAIL_POINTS, harmless.writeToEnvironment());
    }

    private void trainAotCacheOf(Program program, Map<String, String> environment) {
        jars.createAotCache(program.module(), output -> {
            launch(program, List.of(FAST_START, "-XX:AOTCacheOutput=" + output), environment);
            process.awaitReady(READY_TIMEOUT, this::isReady, this::startupDiagnostics);
            process.stop(AOT_TRAINING_TIMEOUT);
        });
    }

    /** Starts it as {@link #start()} does, with a clock that is ahead by this much. */
    public void startAhead(Duration by, FakeTime faketime) {
        start(List.of(), faketime.environmentAheadBy(by));
    }

    /** Starts it unless it runs; does not wait until it is ready. */
    public void launch() {
        launch(List.of(FAST_START), Map.of());
    }

    private void start(List<String> settings, Map<String, String> environment) {
        launch(settings, environment);
        process.awaitReady(READY_TIMEOUT, this::isReady, this::startupDiagnostics);
    }

    private void launch(List<String> settings, Map<String, String> environment) {
        launch(RELEASED, settings, environment);
    }

    private void launch(Program program, List<String> settings, Map<String, String> environment) {
        List<String> all = new ArrayList<>(settings);
        Path learned = jars.aotCacheFile(program.module());
        if (Files.exists(learned)) {
            all.add("-XX:AOTCache=" + learned);
        }
        process.start(new LaunchSpec(arguments(program, all, SERVE, "--config", configFile()), environment));
    }

    private String configFile() {
        return config().toString();
    }

    /** Starts it again with these settings, its cluster prepared accordingly. */
    public void restartWith(ServiceSettings settings) {
        stop();
        prepare(settings);
        start();
    }

    /** Stops it in order: joins in flight stay in Temporal. */
    public void stop() {
        process.stop(GRACE_PERIOD);
    }

    public boolean isReady() {
        return probe.answersOk(admin().resolve("/readyz"));
    }

    /** Returns one line per component, or an empty text if it does not respond. */
    public String readiness() {
        return probe.get(admin().resolve("/readyz?verbose"))
                .map(HttpResponse::body)
                .orElse("");
    }

    /** Returns the readiness of its components, and what its threads do. */
    private String startupDiagnostics() {
        return "\n" + readiness() + process.identity().map(this::threadSummary).orElse("");
    }

    /** Writes a list of all threads next to the log; one of an earlier failure is not used. */
    private String threadSummary(ProcessIdentity service) {
        Path dump = directories.log().resolve("service-threads.txt");
        CommandResult asked = Command.of(
                        SourceTree.jcmdCommand(),
                        Long.toString(service.pid()),
                        "Thread.dump_to_file",
                        "-overwrite",
                        dump.toString())
                .run();
        try {
            return asked.succeeded()
                    ? "The most frequent of its threads in " + dump + ":\n"
                            + new ThreadDump(Files.readString(dump)).summary()
                    : "It does not tell what its threads do: " + asked.output() + asked.error();
        } catch (IOException e) {
            return "It does not tell what its threads do: " + e;
        }
    }

    /** The nodejoin command line of this build. */
    public Command cli(String... words) {
        return Command.of(arguments(RELEASED, List.of(FAST_START), words));
    }

    private List<String> arguments(Program program, List<String> settings, String... words) {
        List<String> arguments = new ArrayList<>(List.of(
                SourceTree.javaCommand(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Xmx512m",
                "-XX:+UseSerialGC"));
        arguments.addAll(settings);
        arguments.addAll(List.of("-cp", jars.classPath(program.module()), program.main()));
        arguments.addAll(List.of(words));
        return arguments;
    }
}
