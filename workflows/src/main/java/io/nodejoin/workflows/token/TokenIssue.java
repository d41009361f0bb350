package io.nodejoin.workflows.token;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** The result of issuing a token. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "result")
@JsonSubTypes({
    @JsonSubTypes.Type(name = "Issued", value = TokenIssue.Issued.class),
    @JsonSubTypes.Type(name = "IdInUse", value = TokenIssue.IdInUse.class)
})
public sealed interface TokenIssue {

    /** The token exists, and its signature is in cluster-info. */
    record Issued(SealedToken sealed) implements TokenIssue {}

    /** Another join, or an earlier run of this one, has the id. Nothing was created or changed under it. */
    record IdInUse() implements TokenIssue {}
}
