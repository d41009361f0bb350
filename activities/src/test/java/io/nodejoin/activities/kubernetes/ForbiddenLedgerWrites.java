package io.nodejoin.activities.kubernetes;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntryBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.nodejoin.activities.kubernetes.ForbiddenCalls.Call;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** What a thief of the service's credential would write into Nodejoin's own namespace. */
final class ForbiddenLedgerWrites implements AutoCloseable {
    private static final String LEDGER = "ValidatingAdmissionPolicy 'nodejoin-ledger'";
    private static final String PATH = "/api/v1/namespaces/nodejoin-system/configmaps/";
    private static final String NODE = "forbidden-" + UUID.randomUUID();
    private static final String JOIN = "0f".repeat(16);
    private static final String UID = UUID.randomUUID().toString();
    private static final String LATER = "2100-01-01T00:00:00Z";

    private final KubernetesClient admin;
    private final ConfigMap inventory;
    private final ConfigMap request;
    private final ConfigMap quarantine;

    ForbiddenLedgerWrites(KubernetesClient admin) {
        this.admin = admin;
        this.inventory = admin.resource(ownerless(NODE, UID).build()).create();
        this.request = admin.resource(
                        entry("join-" + JOIN).addToData("node", "any").build())
                .create();
        this.quarantine = admin.resource(quarantine("quarantine-" + NODE)
                        .addToData("machineId", "machine")
                        .build())
                .create();
    }

    Stream<Call> all() {
        return Stream.of(creations(), inventories(), changes(), quarantines()).flatMap(calls -> calls);
    }

    @Override
    public void close() {
        List.of(inventory, request, quarantine)
                .forEach(object -> admin.resource(object).delete());
    }

    private static Stream<Call> creations() {
        return Stream.of(
                create("create a ConfigMap of another kind", entry("other-" + NODE)),
                create("create a ConfigMap without a kind", entry("token")),
                create("create an entry without its keys", entry("token-abcdef")),
                create(
                        "create an entry with something else in it",
                        quarantine("quarantine-new").addToData("payload", "x")),
                create(
                        "create an entry with bytes in it",
                        quarantine("quarantine-new").addToBinaryData("a", "AAAA")),
                create(
                        "create an entry that Nodejoin does not list",
                        quarantine("quarantine-new")
                                .editMetadata()
                                .removeFromLabels("nodejoin.io/inventory")
                                .endMetadata()),
                create(
                        "create an entry that garbage collection deletes",
                        owned(quarantine("quarantine-new"), NODE, UID)),
                create(
                        "create an entry that a finalizer holds",
                        quarantine("quarantine-new")
                                .editMetadata()
                                .withFinalizers("example.com/hold")
                                .endMetadata()),
                create("create an entry for ever", quarantine("quarantine-new").withImmutable(true)));
    }

    private static Stream<Call> inventories() {
        return Stream.of(
                create(
                        "let a node serve under another's name",
                        serving(NODE, UID).addToData("node", "other")),
                create("let a node serve after its deletion", serving(NODE, UID).addToData("nodeUid", "other")),
                create("let a node serve that nothing deletes", ownerless(NODE, UID)));
    }

    private Stream<Call> changes() {
        return Stream.of(
                change("change what a node may serve as", inventory, entry -> entry.addToData("outcome", "x")),
                change("change what an entry of the ledger says", request, entry -> entry.addToData("node", "x")),
                change("take from what an entry says", request, entry -> entry.removeFromData("node")),
                change(
                        "hide an entry from the garbage collector",
                        request,
                        entry -> entry.editMetadata().withLabels(null).endMetadata()),
                ForbiddenCalls.raw("patch an entry of the ledger", "PATCH", PATH + "join-any"));
    }

    /** The date of an update is that of its field manager's change, whatever the request says of dates. */
    private Stream<Call> quarantines() {
        String path = PATH + quarantine.getMetadata().getName();
        return Stream.of(
                change("shorten a quarantine", quarantine, entry -> entry.addToData("until", "2029-01-01T00:00:00Z")),
                change(
                        "open a quarantine to another machine",
                        quarantine,
                        entry -> entry.addToData("machineId", "thief")),
                change("have garbage collection delete a quarantine", quarantine, entry -> owned(entry, NODE, UID)),
                new Call(
                        "lift a quarantine",
                        LEDGER,
                        client -> client.resource(quarantine).delete()),
                change("end a quarantine early", quarantine, ForbiddenLedgerWrites::ended),
                put("end a quarantine early, as a field manager", path + "?fieldManager=nodejoin", List.of()),
                put(
                        "end a quarantine early, with a date of the own",
                        path + "?fieldManager=nodejoin",
                        List.of(dated("nodejoin", "Update"))),
                put(
                        "end a quarantine early, with the date of another",
                        path + "?fieldManager=nodejoin",
                        List.of(dated("other", "Update"))),
                put(
                        "end a quarantine early, with the date of an apply",
                        path + "?fieldManager=nodejoin",
                        List.of(dated("nodejoin", "Apply"))),
                put("end a quarantine early, under the name of nobody", path, List.of(dated("", "Update"))));
    }

    private static ManagedFieldsEntry dated(String manager, String operation) {
        return new ManagedFieldsEntryBuilder()
                .withManager(manager)
                .withOperation(operation)
                .withApiVersion("v1")
                .withTime(LATER)
                .withFieldsType("FieldsV1")
                .withNewFieldsV1()
                .addToAdditionalProperties("f:data", Map.of("f:ended", Map.of()))
                .endFieldsV1()
                .build();
    }

    private Call put(String name, String path, List<ManagedFieldsEntry> fields) {
        ConfigMap ended = ended(new ConfigMapBuilder(quarantine))
                .editMetadata()
                .withManagedFields(fields)
                .endMetadata()
                .build();
        return new Call(name, LEDGER, client -> client.raw(path, "PUT", ended));
    }

    private static Call change(String name, ConfigMap object, UnaryOperator<ConfigMapBuilder> change) {
        ConfigMap changed = change.apply(new ConfigMapBuilder(object)).build();
        return new Call(name, LEDGER, client -> client.resource(changed).update());
    }

    private static Call create(String name, ConfigMapBuilder object) {
        return ForbiddenCalls.create(name, LEDGER, object.build());
    }

    private static ConfigMapBuilder ended(ConfigMapBuilder entry) {
        return entry.addToData("ended", "true");
    }

    private static ConfigMapBuilder entry(String name) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(ManagedObjects.NAMESPACE)
                .withName(name)
                .addToLabels("app.kubernetes.io/managed-by", "nodejoin")
                .addToLabels("nodejoin.io/join-id", JOIN)
                .endMetadata();
    }

    private static ConfigMapBuilder inventory(String name, String inventory) {
        return entry(name)
                .editMetadata()
                .removeFromLabels("nodejoin.io/join-id")
                .addToLabels("nodejoin.io/inventory", inventory)
                .endMetadata()
                .addToData("joinId", JOIN);
    }

    private static ConfigMapBuilder quarantine(String name) {
        return inventory(name, "quarantined-names").addToData("until", "2030-01-01T00:00:00Z");
    }

    /** As Nodejoin makes it. */
    static ConfigMapBuilder serving(String node, String uid) {
        return owned(ownerless(node, uid), node, uid);
    }

    private static ConfigMapBuilder ownerless(String node, String uid) {
        return inventory("serving-" + node, "serving")
                .addToData("node", node)
                .addToData("nodeUid", uid)
                .addToData("addresses", "10.0.0.7");
    }

    private static ConfigMapBuilder owned(ConfigMapBuilder entry, String node, String uid) {
        return entry.editMetadata()
                .addNewOwnerReference()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(node)
                .withUid(uid)
                .endOwnerReference()
                .endMetadata();
    }
}
