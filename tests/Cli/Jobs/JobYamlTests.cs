using System.Text.Json;
using Holdfast.Cli.Tests.Hub;
using Holdfast.Cli.Tests.Running;

namespace Holdfast.Cli.Tests.Jobs;

/// <summary>The file of a job.</summary>
public sealed class JobYamlTests
{
    [Theory]
    [InlineData("command: [a]\nimgae: x", "line 2: there is no imgae. Did you mean 'image'?")]
    [InlineData("command: [a]\nresources: {cpus: 2}", "line 2: there is no resources.cpus. Did you mean 'cpu'?")]
    [InlineData("command: [a]\nresources: {memory: 8 elephants}", "line 2: resources.memory is a size as 512MB, 32GB or 32GiB, not '8 elephants'.")]
    [InlineData("command: [a]\n\npriority: high", "line 3: priority is a number from 0 to 100, not 'high'.")]
    [InlineData("command: [a]\nmax_duration: long", "line 2: max_duration is a span of time as 90s, 5m or 12h, not 'long'.")]
    [InlineData("command: {a: b}", "line 1: command is a list, as [python3, train.py].")]
    [InlineData("command: [a]\nretry: {on: [errors]}", "line 2: retry.on[0] is interruption or error, not 'errors'. Did you mean 'error'?")]
    [InlineData("command: [a]\nretry: {exit_codes: [0]}", "line 2: retry.exit_codes[0] is a number from 1 to 255, not '0'.")]
    [InlineData("command: [a]\nsweep: {method: grid}", "line 2: sweep.parameters is missing: what is tried, as {lr: [0.1, 0.01]}.")]
    [InlineData("command: [a]\nsweep: {parameters: {lr: 3}}", "line 2: sweep.parameters.lr is a list of values, as [0.1, 0.01], or for method: random a range, as {min: 0.001, max: 0.1, scale: log}.")]
    [InlineData("command: [a]\nsweep: {parameters: {lr: {min: 3}}}", "line 2: sweep.parameters.lr is a range with min and max, as {min: 0.001, max: 0.1, scale: log}.")]
    [InlineData("command: [a]\nsweep: {goal: minimise, parameters: {lr: [1]}}", "line 2: sweep.goal is minimize or maximize, not 'minimise'. Did you mean 'minimize'?")]
    [InlineData("command: [a]\nparameters:\n  x: {y: 1}", "line 3: parameters.x is a text, a number, true, false or a list of those.")]
    [InlineData("type: service", "line 1: type is job, not 'service'.")]
    [InlineData("command: [a]\nresume: maybe", "line 2: resume is auto or never, not 'maybe'.")]
    [InlineData("command: [a]\ncommand: [b]", "line 2: ")]
    public async Task File_Mistyped_IsAFaultWithLineFieldAndMend(string yaml, string fault)
    {
        await using var place = new Place();
        place.Write("job.yaml", yaml);

        var ran = await place.RunAsync("job", "submit", "-f", "job.yaml", "--hub", JobProject.Nowhere);

        Assert.Equal((1, ""), (ran.ExitCode, ran.Out));
        Assert.StartsWith($"holdfast: job.yaml {fault}", ran.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "job.yaml is no job: one mapping of fields, as 'notebook: train.ipynb'.")]
    [InlineData("image: x\nmachine: y\ncommand: [a]", "job.yaml names a machine and an image: one of them.")]
    [InlineData("notebook: x.ipynb\ncommand: [a]", "job.yaml names a notebook and a command: one of them.")]
    [InlineData("name: x", "nothing is named that is to run: a notebook, a Python script, or behind -- a command.")]
    public async Task File_ThatIsNoJob_IsAFaultWithTheMend(string yaml, string fault)
    {
        await using var place = new Place();
        place.Write("job.yaml", yaml);

        Assert.Equal(new Ran(1, "", $"holdfast: {fault}\n"), await place.RunAsync("job", "submit", "-f", "job.yaml", "--hub", JobProject.Nowhere));
    }

    [Fact]
    public async Task File_OfAllFields_IsTheJobAndOptionsWinOverIt()
    {
        await using var place = new Place();
        await using var hub = await RunningHub.StartAsync(place, arguments: "--no-first-machine");
        place.Write("p/train.py", "print(1)\n");
        place.Write("p/job.yaml", """
            type: job
            name: leaves
            command: [python3, train.py]
            parameters: {epochs: 20, rate: 1e-3, note: 'no', sizes: [1, 2], fast: true}
            pass_as: none
            env: {A: 1, B: b}
            resources: {cpu: 1.5, memory: 2GB, gpu: 0, shm_size: 64MiB}
            output: /storage/runs/{name}/x
            priority: 10
            max_duration: 2h
            stop_grace: 5m
            retry: {on: [interruption, error], max_attempts: 2, exit_codes: [75, 3]}
            sweep: {method: random, parameters: {rate: {min: 0.001, max: 0.1, scale: log}, kind: [a, b]}, trials: 4, seed: 7, max_parallel: 2, metric: loss, goal: maximize}
            resume: never
            """);

        var ran = await place.RunAsync("job", "submit", "-f", "p/job.yaml", "--dry-run", "--json", "-p", "epochs=3", "--env", "A=2", "--priority", "60", "--goal", "minimize", "--memory", "1GB");

        Assert.Equal("", ran.Errors);
        var spec = ran.Json.GetProperty("plan").GetProperty("spec");
        Assert.Equal("""{"epochs":3,"rate":1e-3,"note":"no","sizes":[1,2],"fast":true}""", JsonSerializer.Serialize(spec.GetProperty("parameters")));
        Assert.Equal(("2", "b", "never", ""), (Of("env", "A").GetString(), Of("env", "B").GetString(), Of("env", "HOLDFAST_RESUME").GetString(), Of("env", "HOLDFAST_RESUME_FROM").GetString()));
        Assert.Equal((1.5, 1_000_000_000, 67_108_864), (Of("resources", "cpu").GetDouble(), Of("resources", "memory").GetInt64(), Of("resources", "shm_size").GetInt64()));
        Assert.Equal(("leaves", "/storage/runs/leaves/x", 60, 7200, 300), (spec.GetProperty("name").GetString(), spec.GetProperty("output").GetString(), spec.GetProperty("priority").GetInt32(), spec.GetProperty("max_duration").GetInt32(), spec.GetProperty("stop_grace").GetInt32()));
        Assert.Equal("""{"on":["interruption","error"],"max_attempts":2,"exit_codes":[75,3]}""", JsonSerializer.Serialize(spec.GetProperty("retry")));
        Assert.Equal("""{"method":"random","parameters":{"rate":{"min":0.001,"max":0.1,"scale":"log"},"kind":["a","b"]},"trials":4,"seed":7,"max_parallel":2,"metric":"loss","goal":"minimize"}""", JsonSerializer.Serialize(spec.GetProperty("sweep")));
        Assert.Equal(["job.yaml", "train.py"], ran.Files());

        JsonElement Of(string field, string name) => spec.GetProperty(field).GetProperty(name);
    }
}
