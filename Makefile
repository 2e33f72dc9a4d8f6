# The commands of this repository; `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help setup build image demo test e2e check sim sim-faults sim-storage bench bench-storage format jdk

# Maven's own libraries still call what JDK 25 warns about.
export MAVEN_OPTS ?= --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
# Maven itself may run on any JDK from 17; with 25 for both there is one JDK to have. Asked for when needed, because setup may
# have just brought it.
MVN = JAVA_HOME="$$(tools/find-jdk.sh)" mvn -B -ntp

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / {printf "  make %-13s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## Install what the other commands need; safe to repeat
	@tools/setup.sh || [ $$? -eq 3 ] # 3: there is no real Bazel to be had, for the reason printed; the rest works

build: setup ## Build the command tools/sparrow, without running tests
	$(MVN) -q -pl cli -am package -DskipTests

image: setup ## Build the image of all roles, without a container engine
	$(MVN) -q -pl worker-image -am package -DskipTests
	@worker-image/build.sh

demo: build ## Build a real C++ project with Bazel on a farm on this machine
	@tools/demo.sh

test: setup ## Run everything, with the process tests against a real Bazel
	$(MVN) verify

# The tests of one class: make e2e TESTS=FirstFarmTest
TESTS ?= build.sparrow.e2e.cluster.*Test

e2e: image ## Run the tests on the cluster that KUBECONFIG names, else on k3s in a container; CONTRIBUTING.md says more
	@rm -f e2e/target/cluster-tests.txt
	@status=0; $(MVN) -pl e2e -am verify -Dsparrow.e2e.cluster=true -Dtest='$(TESTS)' -Dsurefire.failIfNoSpecifiedTests=false \
		|| status=$$?; cat e2e/target/cluster-tests.txt; exit $$status

check: jdk ## Run the fast gate: format, compiler checks, unit tests, dependency analysis, module rule
	$(MVN) verify -Dsparrow.e2e.skip=true

sim: jdk ## Compare the scheduler with the policies of others in virtual time; takes five minutes
	$(MVN) -q -pl scheduler-core -am test-compile
	@"$$(tools/find-jdk.sh)/bin/java" -XX:+UseParallelGC -cp scheduler-core/target/classes:scheduler-core/target/test-classes \
		build.sparrow.scheduling.sim.compare.Comparison $(SEEDS)

sim-faults: jdk ## Run SEEDS=n seeds of faults in virtual time, or REPLAY="weather seed" with its log
	$(MVN) -q -pl scheduler-core -am test-compile
	@"$$(tools/find-jdk.sh)/bin/java" -cp scheduler-core/target/classes:scheduler-core/target/test-classes \
		build.sparrow.scheduling.sim.FaultSeeds $(if $(REPLAY),$(REPLAY),$(SEEDS))

sim-storage: jdk ## Run SEEDS=n seeds of faults on replicated storage in virtual time, or REPLAY=seed with its log
	$(MVN) -q -pl cas -am test-compile dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test.classpath
	@"$$(tools/find-jdk.sh)/bin/java" -cp "cas/target/classes:cas/target/test-classes:$$(cat cas/target/test.classpath)" \
		build.sparrow.cas.replica.sim.StorageSeeds $(if $(REPLAY),replay $(REPLAY),$(SEEDS))

bench: build ## Measure and print each figure with its target; takes half an hour
	$(MVN) -q -pl benchmarks -am package -DskipTests
	@tools/bench.sh

bench-storage: build ## Measure the storage by itself and beside buildbox-casd; as root on Debian, takes twenty minutes
	$(MVN) -q -pl benchmarks -am package -DskipTests
	@tools/bench-storage.sh

format: jdk ## Format all Java files in place
	$(MVN) --non-recursive validate -Dformat=apply

jdk:
	@tools/find-jdk.sh >/dev/null
