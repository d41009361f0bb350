package io.nodejoin.testbed.kafka;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;
import org.apache.kafka.server.common.MetadataVersion;

/**
 * One Kafka node, broker and controller in one process. Arguments: directory, client port, controller port, the port
 * for clients that connect over a link, and the port of that link.
 */
public final class BrokerMain {
    private static final int NODE_ID = 1;
    private static final String CONTROLLER = "CONTROLLER";

    private BrokerMain() {}

    /** Runs until it is stopped. Formatting and starting may throw anything. */
    public static void main(String[] arguments) throws Exception {
        Path directory = Path.of(arguments[0]);
        format(directory);
        Properties settings = settings(directory, arguments);
        KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(settings), Time.SYSTEM);
        Runtime.getRuntime().addShutdownHook(new Thread(server::shutdown, "shutdown"));
        server.startup();
        server.awaitShutdown();
    }

    private static void format(Path directory) throws Exception {
        if (Files.exists(directory.resolve("meta.properties"))) {
            return;
        }
        Files.createDirectories(directory);
        new Formatter()
                .setPrintStream(System.out)
                .setClusterId(Uuid.randomUuid().toString())
                .setNodeId(NODE_ID)
                .addDirectory(directory.toString())
                .setMetadataLogDirectory(directory.toString())
                .setControllerListenerName(CONTROLLER)
                .setReleaseVersion(MetadataVersion.latestProduction())
                .setIgnoreFormatted(true)
                .run();
    }

    /** A broker that was killed does not open its ports again before the session of its earlier life is over, which by default takes 9 s. */
    private static Properties settings(Path directory, String[] arguments) throws IOException {
        Properties settings = new Properties();
        settings.load(new java.io.StringReader(
                """
                process.roles=broker,controller
                node.id=%1$d
                controller.quorum.voters=%1$d@127.0.0.1:%4$s
                controller.listener.names=%2$s
                listeners=PLAINTEXT://127.0.0.1:%3$s,%2$s://127.0.0.1:%4$s,LINK://127.0.0.1:%5$s
                advertised.listeners=PLAINTEXT://127.0.0.1:%3$s,LINK://127.0.0.1:%6$s
                listener.security.protocol.map=PLAINTEXT:PLAINTEXT,%2$s:PLAINTEXT,LINK:PLAINTEXT
                auto.create.topics.enable=false
                offsets.topic.num.partitions=4
                offsets.topic.replication.factor=1
                transaction.state.log.replication.factor=1
                transaction.state.log.min.isr=1
                share.coordinator.state.topic.replication.factor=1
                share.coordinator.state.topic.min.isr=1
                group.initial.rebalance.delay.ms=0
                broker.heartbeat.interval.ms=1000
                broker.session.timeout.ms=4000
                """.formatted(NODE_ID, CONTROLLER, arguments[1], arguments[2], arguments[3], arguments[4])));
        settings.setProperty("log.dirs", directory.toString());
        return settings;
    }
}
