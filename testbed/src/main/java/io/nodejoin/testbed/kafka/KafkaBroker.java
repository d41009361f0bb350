package io.nodejoin.testbed.kafka;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.process.LaunchSpec;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.provision.JarSnapshot;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

/** A real broker with Nodejoin's topics. After a kill, {@link #start()} brings it back with all its records. */
public final class KafkaBroker {
    public static final String REQUESTS = "nodejoin.requests.v1";
    public static final String EVENTS = "nodejoin.events.v1";
    public static final String DEAD_LETTERS = "nodejoin.requests.v1-dlt";

    private static final int PARTITIONS = 12;
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(10);
    private static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(30);

    private final AddressPlan plan;
    private final Path data;
    private final JarSnapshot jars;
    private final SupervisedProcess process;

    public KafkaBroker(AddressPlan plan, BedDirectories directories, JarSnapshot jars) {
        this.plan = plan;
        this.data = directories.kafka();
        this.jars = jars;
        this.process = new SupervisedProcess("kafka", directories.run(), directories.log());
    }

    public String bootstrapServers() {
        return plan.kafka().toString();
    }

    public SupervisedProcess process() {
        return process;
    }

    /** Starts it unless it runs, and returns when all topics are there. */
    public void start() {
        process.start(new LaunchSpec(List.of(
                SourceTree.javaCommand(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=io/nodejoin/testbed/kafka/broker-logback.xml",
                "-cp",
                jars.classPath("testbed"),
                BrokerMain.class.getName(),
                data.toString(),
                Integer.toString(plan.kafka().port()),
                Integer.toString(plan.kafkaController().port()),
                Integer.toString(plan.kafkaBehindLink().port()),
                Integer.toString(plan.kafkaLink().port()))));
        process.awaitReady(READY_TIMEOUT, this::accepts);
        createTopics();
    }

    public void stop() {
        process.stop(GRACE_PERIOD);
    }

    private boolean accepts() {
        try (Socket socket = new Socket()) {
            socket.connect(
                    new InetSocketAddress(plan.kafka().address(), plan.kafka().port()), 1_000);
            return true;
        } catch (IOException _) {
            return false;
        }
    }

    private void createTopics() {
        Map<String, Object> settings = Map.of(
                AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers(),
                AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                Math.toIntExact(REQUEST_TIMEOUT.toMillis()));
        try (Admin admin = Admin.create(settings)) {
            Set<String> present = admin.listTopics().names().get(REQUEST_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            Set<NewTopic> missing = List.of(REQUESTS, EVENTS, DEAD_LETTERS).stream()
                    .filter(name -> !present.contains(name))
                    .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                    .collect(Collectors.toSet());
            admin.createTopics(missing).all().get(REQUEST_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException refused) {
            throw new IllegalStateException("Kafka does not create its topics." + process.lastLines(), refused);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while Kafka was starting", interrupted);
        }
    }
}
