package io.nodejoin.agent;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.agent.preflight.HostChecks;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.PoolName;
import io.nodejoin.protocol.agent.HostCommand;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.TlsBootstrap;
import io.nodejoin.protocol.event.HostProfile;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The agent's configuration file. The constructor throws {@link IllegalArgumentException} with key, value and allowed
 * range if it is invalid.
 *
 * @param node the node that the machine becomes; absent if it waits in a pool
 * @param pool the pool that the machine waits in until a join takes it for a node; absent if it has a node
 * @param gateway URL of the gateway, {@code https} only
 * @param gatewayCaFile PEM, the only CAs that the gateway's certificate may be issued by
 * @param enrollmentSecretFile contains the enrollment secret that was put on the machine
 * @param stateDirectory contains key, certificate and journal; created if missing
 * @param ignoredChecks names of preflight checks whose failure is reported and does not fail the join; none if absent
 * @param resident whether the agent keeps running after its join has succeeded; if absent it exits
 * @param profile the profile that the host's join will request; absent if only the join tells it
 * @param hostSettings the settings of the cluster's hosts, as the service's configuration has them; absent means none
 * @param prepare when the host is prepared; absent means early if node and profile are known
 * @param apiServer the endpoint that cluster-info names, to which the agent connects while it waits for its join; trusted
 *     for nothing, and absent means that it connects once the join tells the endpoint
 * @param tpm how to reach the TPM 2.0 by which each enrollment proves which machine this is, as {@code TPM2TOOLS_TCTI}
 *     of tpm2-tools: such as {@code device:/dev/tpmrm0}; absent means no such proof
 */
public record AgentConfig(
        @JsonProperty(required = true) ClusterName cluster,
        @Nullable NodeName node,
        @Nullable PoolName pool,
        @JsonProperty(required = true) URI gateway,
        @JsonProperty(required = true) Path gatewayCaFile,
        @JsonProperty(required = true) Path enrollmentSecretFile,
        @JsonProperty(required = true) Path stateDirectory,
        @JsonSetter(nulls = Nulls.AS_EMPTY) List<String> ignoredChecks,
        @JsonSetter(nulls = Nulls.AS_EMPTY) boolean resident,
        @Nullable HostProfile profile,
        @Nullable HostSettings hostSettings,
        @Nullable PreparationTime prepare,
        @JsonSetter(nulls = Nulls.SET) @Nullable URI apiServer,
        @Nullable String tpm) {
    private static final Pattern TCTI = Pattern.compile("[a-z][a-z0-9-]*:[!-~]{1,200}");
    private static final JsonSetter.Value NOT_NULL = JsonSetter.Value.forValueNulls(Nulls.FAIL);
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .withConfigOverride(ClusterName.class, type -> type.setSetterInfo(NOT_NULL))
            .withConfigOverride(URI.class, type -> type.setSetterInfo(NOT_NULL))
            .withConfigOverride(Path.class, type -> type.setSetterInfo(NOT_NULL))
            .build();

    public AgentConfig {
        if ((node == null) == (pool == null)) {
            throw new IllegalArgumentException("node, pool: " + (node == null ? "neither is" : "both are")
                    + " given; give the node that the machine becomes, or the pool that it waits in");
        }
        if (!"https".equals(gateway.getScheme()) || gateway.getHost() == null) {
            throw new IllegalArgumentException("gateway: '" + gateway + "' is no https URL with a host");
        }
        if (gateway.getRawQuery() != null || gateway.getRawUserInfo() != null) {
            throw new IllegalArgumentException(
                    "gateway: '" + gateway + "' has a query or a user; allowed are host, port and path");
        }
        if (apiServer != null && (!"https".equals(apiServer.getScheme()) || apiServer.getHost() == null)) {
            throw new IllegalArgumentException("apiServer: '" + apiServer + "' is no https URL with a host");
        }
        if (prepare == PreparationTime.EARLY && profile == null) {
            throw new IllegalArgumentException("prepare: early needs a profile to prepare the host for");
        }
        if (prepare == PreparationTime.EARLY && pool != null) {
            throw new IllegalArgumentException("prepare: early needs a node; its join prepares a machine of a pool");
        }
        if (tpm != null && !TCTI.matcher(tpm).matches()) {
            throw new IllegalArgumentException(
                    "tpm: '" + tpm + "' is no TPM; write the kind and its address, such as device:/dev/tpmrm0");
        }
        requireAbsolute("gatewayCaFile", gatewayCaFile);
        requireAbsolute("enrollmentSecretFile", enrollmentSecretFile);
        requireAbsolute("stateDirectory", stateDirectory);
        ignoredChecks = List.copyOf(ignoredChecks);
        for (String name : ignoredChecks) {
            if (!HostChecks.names().contains(name)) {
                throw new IllegalArgumentException("ignoredChecks: there is no check '" + name + "'; the checks are "
                        + new TreeSet<>(HostChecks.names()));
            }
        }
    }

    /** Returns what the host is prepared for before its join; empty if it waits for the join. */
    public Optional<HostCommand.PrepareHost> earlyPreparation() {
        return Optional.ofNullable(profile)
                .filter(_ -> node != null && prepare != PreparationTime.JOIN)
                .map(known -> new HostCommand.PrepareHost(known, TlsBootstrap.AGENT, hostSettings, null));
    }

    /** When a host is prepared. */
    public enum PreparationTime {
        /** With the start of the agent, so that a join finds it prepared. */
        @JsonProperty("early")
        EARLY,
        /** By the join. */
        @JsonProperty("join")
        JOIN
    }

    /**
     * Reads a configuration file.
     *
     * @throws IllegalArgumentException if the configuration is invalid; the message names file and key
     */
    public static AgentConfig read(Path file) {
        try {
            return MAPPER.readValue(Files.readString(file), AgentConfig.class);
        } catch (UnrecognizedPropertyException e) {
            throw new IllegalArgumentException(
                    file + ": unknown key '" + e.getPropertyName() + "'; known are " + e.getKnownPropertyIds(), e);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": cannot be read: " + e.getMessage(), e);
        }
    }

    private static void requireAbsolute(String key, Path path) {
        if (!path.isAbsolute()) {
            throw new IllegalArgumentException(key + ": '" + path + "' is no absolute path");
        }
    }
}
