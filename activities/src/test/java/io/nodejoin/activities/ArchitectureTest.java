package io.nodejoin.activities;

import static com.tngtech.archunit.base.DescribedPredicate.alwaysTrue;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.nodejoin.protocol.time.InjectedTime;
import java.util.Random;

@AnalyzeClasses(packages = "io.nodejoin.activities", importOptions = DoNotIncludeTests.class)
class ArchitectureTest {
    @ArchTest
    static final ArchRule activitiesDoNotMeet = slices().matching("io.nodejoin.activities.kubernetes.(*)..")
            .should()
            .notDependOnEachOther()
            .ignoreDependency(alwaysTrue(), resideInAPackage("io.nodejoin.activities.kubernetes.store.."))
            .because("the workflow carries what one activity needs of another");

    @ArchTest
    static final ArchRule kafkaDoesNotSeeKubernetes = noClasses()
            .that()
            .resideInAPackage("io.nodejoin.activities.kafka..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.nodejoin.activities.kubernetes..");

    @ArchTest
    static final ArchRule kubernetesDoesNotSeeKafka = noClasses()
            .that()
            .resideInAPackage("io.nodejoin.activities.kubernetes..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.nodejoin.activities.kafka..");

    /**
     * ActivityFence, ClusterIdentities, CoalescedList and ServerClocks take a clock and bind the machine's in a factory,
     * KubernetesTokenActivities for its quota; ResponseTimeoutInterceptor bounds a socket.
     */
    @ArchTest
    static final ArchRule timeIsPassedIn = InjectedTime.exceptIn(
            "ActivityFence",
            "ClusterIdentities",
            "CoalescedList",
            "KubernetesTokenActivities",
            "ResponseTimeoutInterceptor",
            "ServerClocks");

    @ArchTest
    static final ArchRule hasNoPackageCycles =
            slices().matching("io.nodejoin.activities.(**)").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule adaptersDoNotSeeTheWorkflow = noClasses()
            .should()
            .dependOnClassesThat()
            .haveSimpleNameEndingWith("WorkflowImpl")
            .because("activities answer to interfaces, whichever workflow calls them");

    @ArchTest
    static final ArchRule tokensAreDrawnBySecureRandomAlone = noClasses()
            .that()
            .resideInAPackage("..token..")
            .should()
            .dependOnClassesThat()
            .belongToAnyOf(Random.class, Math.class)
            .orShould()
            .callMethod("io.temporal.workflow.Workflow", "newRandom")
            .because("the signature of a token is published: a guessable secret is a known secret");

    @ArchTest
    static final ArchRule noStateIsShared = noFields()
            .that()
            .areStatic()
            .should()
            .notBeFinal()
            .because("an adapter holds what its constructor was given");

    @ArchTest
    static final ArchRule adaptersDoNotSeeTheirUsers = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "io.nodejoin.gateway..",
                    "io.nodejoin.service..",
                    "io.nodejoin.cli..",
                    "io.nodejoin.agent..",
                    "io.nodejoin.testbed..");
}
