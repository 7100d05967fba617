// Each test is a build that takes all cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
