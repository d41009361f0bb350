package io.nodejoin.testbed.containers;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.model.ContainerNetwork;
import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import eu.rekawek.toxiproxy.model.Toxic;
import eu.rekawek.toxiproxy.model.ToxicDirection;
import io.nodejoin.testbed.kafka.KafkaBroker;
import io.nodejoin.testbed.provision.ContainerImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.Network;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.lifecycle.Startables;
import org.testcontainers.toxiproxy.ToxiproxyContainer;

/** Kafka and Temporal in containers on one network, and a proxy on it by which the service reaches both. */
final class KafkaAndTemporal implements AutoCloseable {
    private static final String KAFKA = "kafka";
    private static final int KAFKA_PORT = 19092;
    private static final int KAFKA_PROXY = 8666;
    private static final String TEMPORAL = "temporal";
    private static final int TEMPORAL_PORT = 7233;
    private static final int TEMPORAL_PROXY = 8667;
    private static final int TEMPORAL_WITHOUT_FAULT = 8668;
    private static final int PARTITIONS = 3;

    private final Network network;
    private final ToxiproxyContainer proxies;
    private final KafkaContainer kafka;
    private final TemporalContainer temporal;

    private KafkaAndTemporal(ContainerEngine engine) {
        network = Network.newNetwork();
        proxies = new ToxiproxyContainer(engine.image(ContainerImage.TOXIPROXY))
                .withNetwork(network)
                .withCommand("-host=0.0.0.0");
        kafka = new KafkaContainer(engine.image(ContainerImage.KAFKA))
                .withNetwork(network)
                .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                .withListener(KAFKA + ":" + KAFKA_PORT, this::kafkaTarget);
        temporal = new TemporalContainer(engine.image(ContainerImage.TEMPORAL))
                .withNetwork(network)
                .withNetworkAliases(TEMPORAL);
    }

    /** Starts all, with Nodejoin's topics. */
    static KafkaAndTemporal start(ContainerEngine engine) {
        KafkaAndTemporal started = new KafkaAndTemporal(engine);
        try {
            started.proxies.start();
            Startables.deepStart(started.kafka, started.temporal).join();
            started.createProxy(KAFKA, KAFKA_PROXY, KAFKA, KAFKA_PORT);
            started.createProxy(TEMPORAL, TEMPORAL_PROXY, TEMPORAL, TEMPORAL_PORT);
            started.createProxy("temporal-without-fault", TEMPORAL_WITHOUT_FAULT, TEMPORAL, TEMPORAL_PORT);
            started.createTopics();
            return started;
        } catch (IOException e) {
            started.close();
            throw new UncheckedIOException("the proxies cannot be set up", e);
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
    }

    /** Where the service finds Kafka. */
    String kafkaTarget() {
        return proxies.getHost() + ":" + proxies.getMappedPort(KAFKA_PROXY);
    }

    /** Where the service finds Temporal. */
    String temporalTarget() {
        return proxies.getHost() + ":" + proxies.getMappedPort(TEMPORAL_PROXY);
    }

    /** Where those find Kafka whom no fault of the proxy shall hit. */
    String kafkaWithoutFault() {
        return kafka.getBootstrapServers();
    }

    /** Where those find Temporal whom no fault of the proxy shall hit. Its own port is another one after it was out of the network. */
    String temporalWithoutFault() {
        return proxies.getHost() + ":" + proxies.getMappedPort(TEMPORAL_WITHOUT_FAULT);
    }

    /** Stops all processes of the container at once, connections stay open. */
    void freezeKafka() {
        client().pauseContainerCmd(kafka.getContainerId()).exec();
    }

    /** Takes the container from the network: what is sent to it gets no answer, not even a refusal. */
    void disconnectTemporal() {
        client().disconnectFromNetworkCmd()
                .withContainerId(temporal.getContainerId())
                .withNetworkId(network.getId())
                .exec();
    }

    /** From now on Kafka does what it is asked for, and nobody beyond the proxy hears of it. */
    void loseAnswersOfKafka() {
        loseAnswers(KAFKA);
    }

    /** From now on Temporal does what it is asked for, and nobody beyond the proxy hears of it. */
    void loseAnswersOfTemporal() {
        loseAnswers(TEMPORAL);
    }

    /** Takes all of that back; no effect on what is as it should be. Connections on which answers were lost end. */
    void bringBack() {
        if (Boolean.TRUE.equals(state(kafka).getState().getPaused())) {
            client().unpauseContainerCmd(kafka.getContainerId()).exec();
        }
        if (state(temporal).getNetworkSettings().getNetworks().isEmpty()) {
            client().connectToNetworkCmd()
                    .withContainerId(temporal.getContainerId())
                    .withNetworkId(network.getId())
                    .withContainerNetwork(new ContainerNetwork().withAliases(TEMPORAL))
                    .exec();
        }
        try {
            for (Proxy proxy : control().getProxies()) {
                for (Toxic toxic : proxy.toxics().getAll()) {
                    toxic.remove();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the proxies cannot be mended", e);
        }
    }

    private static InspectContainerResponse state(GenericContainer<?> container) {
        return client().inspectContainerCmd(container.getContainerId()).exec();
    }

    private void loseAnswers(String of) {
        try {
            control().getProxy(of).toxics().timeout("answers", ToxicDirection.DOWNSTREAM, 0);
        } catch (IOException e) {
            throw new UncheckedIOException("the proxy of " + of + " cannot be broken", e);
        }
    }

    private void createProxy(String name, int listen, String to, int port) throws IOException {
        Proxy _ = control().createProxy(name, "0.0.0.0:" + listen, to + ":" + port);
    }

    private ToxiproxyClient control() {
        return new ToxiproxyClient(proxies.getHost(), proxies.getControlPort());
    }

    private void createTopics() {
        List<NewTopic> topics = Stream.of(KafkaBroker.REQUESTS, KafkaBroker.EVENTS, KafkaBroker.DEAD_LETTERS)
                .map(name -> new NewTopic(name, PARTITIONS, (short) 1))
                .toList();
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafkaTarget()))) {
            admin.createTopics(topics).all().get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("Kafka does not create its topics", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while topics were created", e);
        }
    }

    private static DockerClient client() {
        return DockerClientFactory.instance().client();
    }

    @Override
    public void close() {
        kafka.stop();
        temporal.stop();
        proxies.stop();
        network.close();
    }
}
