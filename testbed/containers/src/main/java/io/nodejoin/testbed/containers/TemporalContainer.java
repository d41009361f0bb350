package io.nodejoin.testbed.containers;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.containers.wait.strategy.HttpWaitStrategy;
import org.testcontainers.containers.wait.strategy.WaitAllStrategy;
import org.testcontainers.containers.wait.strategy.WaitStrategy;
import org.testcontainers.utility.DockerImageName;

/**
 * Testcontainers implementation for the development server of Temporal: all roles of the server, its database in memory and its web UI in
 * one process.
 *
 * <p>Supported image: {@code temporalio/temporal}
 *
 * <p>Exposed ports:
 *
 * <ul>
 *   <li>gRPC: 7233
 *   <li>Web UI and its HTTP API: 8233
 * </ul>
 *
 * <p>It is started when it serves every namespace that was asked for. Settings count until {@link #start()}.
 */
public class TemporalContainer extends GenericContainer<TemporalContainer> {
    /** The namespace that every development server has. */
    public static final String DEFAULT_NAMESPACE = "default";

    private static final DockerImageName DEFAULT_IMAGE_NAME = DockerImageName.parse("temporalio/temporal");
    private static final int GRPC_PORT = 7233;
    private static final int UI_PORT = 8233;
    private static final String NAMESPACES = "/api/v1/namespaces/";

    private final Set<String> namespaces = new LinkedHashSet<>(List.of(DEFAULT_NAMESPACE));
    private final Map<String, SearchAttributeType> searchAttributes = new LinkedHashMap<>();
    private final Map<String, String> dynamicConfig = new LinkedHashMap<>();

    /** A server of this image, with its tag. */
    public TemporalContainer(String imageName) {
        this(DockerImageName.parse(imageName));
    }

    /** A server of this image, which must be a compatible substitute for {@code temporalio/temporal}. */
    @SuppressWarnings("this-escape") // every container of Testcontainers is configured so
    public TemporalContainer(DockerImageName imageName) {
        super(imageName);
        imageName.assertCompatibleWith(DEFAULT_IMAGE_NAME);
        withExposedPorts(GRPC_PORT, UI_PORT);
    }

    /**
     * Creates this namespace beside {@link #DEFAULT_NAMESPACE}; again for further ones.
     *
     * @param namespace its name
     * @return this container
     */
    public TemporalContainer withNamespace(String namespace) {
        namespaces.add(namespace);
        return self();
    }

    /**
     * Registers a search attribute in all namespaces; again for further ones.
     *
     * @param name its name
     * @param type the type of its values
     * @return this container
     */
    public TemporalContainer withSearchAttribute(String name, SearchAttributeType type) {
        searchAttributes.put(name, type);
        return self();
    }

    /**
     * Sets a value of the server's dynamic configuration; again for further ones.
     *
     * @param key such as {@code frontend.namespaceRPS}
     * @param json the value as JSON; a text needs its quotation marks
     * @return this container
     */
    public TemporalContainer withDynamicConfig(String key, String json) {
        dynamicConfig.put(key, json);
        return self();
    }

    /** The type of a search attribute's values, by the names that Temporal uses. */
    public enum SearchAttributeType {
        BOOL("Bool"),
        DATETIME("Datetime"),
        DOUBLE("Double"),
        INT("Int"),
        KEYWORD("Keyword"),
        KEYWORD_LIST("KeywordList"),
        TEXT("Text");

        private final String wireName;

        SearchAttributeType(String wireName) {
            this.wireName = wireName;
        }
    }

    @Override
    protected void configure() {
        List<String> command = new ArrayList<>(List.of("server", "start-dev", "--ip", "0.0.0.0"));
        namespaces.forEach(namespace -> command.addAll(List.of("--namespace", namespace)));
        searchAttributes.forEach(
                (name, type) -> command.addAll(List.of("--search-attribute", name + "=" + type.wireName)));
        dynamicConfig.forEach((key, json) -> command.addAll(List.of("--dynamic-config-value", key + "=" + json)));
        setCommand(command.toArray(String[]::new));
        waitingFor(allNamespaces());
    }

    private WaitStrategy allNamespaces() {
        WaitAllStrategy all = new WaitAllStrategy();
        namespaces.forEach(namespace ->
                all.withStrategy(new HttpWaitStrategy().forPort(UI_PORT).forPath(NAMESPACES + namespace)));
        return all;
    }

    /**
     * Returns where clients connect, as {@code host:port}, once it is started: the target of {@code WorkflowServiceStubsOptions}. There is
     * no TLS.
     */
    public String getTarget() {
        return getHost() + ":" + getMappedPort(GRPC_PORT);
    }

    /** Returns the address of the web UI, once it is started. */
    public String getUiUrl() {
        return "http://" + getHost() + ":" + getMappedPort(UI_PORT);
    }
}
