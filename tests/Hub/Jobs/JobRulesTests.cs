using System.Text.Json;
using Holdfast.Hub.Jobs;
using Holdfast.Hub.Tests.Api;

namespace Holdfast.Hub.Tests.Jobs;

/// <summary>What is refused at once, and what a job is where it says nothing.</summary>
public sealed class JobRulesTests : IAsyncLifetime
{
    private readonly TestHub _hub = new();

    public async ValueTask InitializeAsync() => await _hub.StartAsync();

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Theory]
    [InlineData("{\"command\": []}", "command: a program and its arguments.")]
    [InlineData("{\"command\": [\"true\"], \"name\": \"A\"}", "name: 'A' is 1 to 40 lower-case letters")]
    [InlineData("{\"command\": [\"true\"], \"output\": \"/etc\"}", "output: '/etc' is a folder below /storage")]
    [InlineData("{\"command\": [\"true\"], \"output\": \"/storage/../etc\"}", "a dot alone")]
    [InlineData("{\"command\": [\"true\"], \"secrets\": [\"NONE\"]}", "has no secret NONE; mend: holdfast secret set NONE.")]
    [InlineData("{\"command\": [\"true\"], \"resources\": {\"type\": \"huge\"}}", "resources.type: There is no type 'huge'; there are standard.")]
    [InlineData("{\"command\": [\"true\"], \"resources\": {\"cpu\": 4000}}", "It asks for 4000 processors")]
    [InlineData("{\"command\": [\"true\"], \"resources\": {\"gpu\": 100}}", "It asks for 100 GPUs, and this host has")]
    [InlineData("{\"command\": [\"true\"], \"image\": \"debian:12\"}", "image: there is no engine 'podman' here (host)")]
    [InlineData("{\"command\": [\"true\"], \"code\": \"sha256:00\"}", "code: sha256: and 64 hexadecimal digits")]
    [InlineData("{\"command\": [\"true\"], \"parameters\": {\"a\": {\"b\": 1}}}", "parameters: a is a text, a number")]
    [InlineData("{\"command\": [\"true\"], \"retry\": {\"on\": [\"sundays\"]}}", "retry.on: interruption, error, not 'sundays'.")]
    [InlineData("{\"command\": [\"true\"], \"sweep\": {\"parameters\": {\"lr\": []}}}", "sweep.parameters: lr has no values.")]
    [InlineData("{\"command\": [\"true\"], \"sweep\": {\"parameters\": {\"lr\": {\"min\": 2, \"max\": 1}}, \"method\": \"random\"}}", "lr is a list of values, or {min, max")]
    [InlineData("{\"command\": [\"true\"], \"sweep\": {\"parameters\": {\"lr\": [1]}}, \"shards\": 2}", "a job has shards or a sweep, not both")]
    [InlineData("{\"command\": [\"true\"], \"sweep\": {\"parameters\": {\"lr\": {\"min\": -1.7e308, \"max\": 1.7e308}}, \"method\": \"random\"}}", "lr is a list of values, or {min, max")]
    [InlineData("{\"command\": [\"true\"], \"max_duration\": 9e11}", "max_duration: one second to 3650 days.")]
    [InlineData("{\"command\": [\"true\"], \"max_duration\": 1e300}", "The field max_duration has a value of another kind than it should.")]
    [InlineData("{\"command\": [\"true\"], \"resources\": {\"shm_size\": 9223372036854775807}}", "resources.gpu and resources.shm_size: 0 or more")]
    [InlineData("{\"command\": [\"true\"], \"secrets\": [null]}", "secrets: '' is no name of a secret")]
    [InlineData("{\"command\": [\"true\"], \"parameters\": {\"a\": \"\\ud800\"}}", "The body has a text with half of a character in it")]
    [InlineData("{\"comand\": [\"true\"]}", "There is no field 'comand'. Did you mean 'command'?")]
    public async Task Submit_Wrong_NamesTheFieldAndTheMend(string json, string words)
    {
        using var api = new ApiClient(_hub);

        var answer = await api.PostAsync("jobs", json);

        Assert.Contains(words, answer.Json.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.InRange(answer.Status, 400, 503);
    }

    [Theory]
    [InlineData("/code/Train Leaves.ipynb", null, "train-leaves")]
    [InlineData(null, "python3 train_2.py --epochs 3", "train-2")]
    [InlineData(null, "7z x", "job-7z")]
    [InlineData(null, "échelle", "chelle")]
    public void Name_NotSaid_IsOfTheNotebookOrTheProgram(string? notebook, string? command, string name) =>
        Assert.Equal(name, JobRules.Whole(new JobSpec { Command = command?.Split(' ') ?? ["sh"], Notebook = notebook }, "j0").Name);

    [Fact]
    public void Trials_OfARandomSweep_AreTheSameForTheSameSeed()
    {
        var sweep = new JobSweep
        {
            Method = "random",
            Trials = 50,
            Seed = 3,
            Parameters = new Dictionary<string, JsonElement> { ["lr"] = Json("""{"min": 0.0001, "max": 1, "scale": "log"}"""), ["depth"] = Json("""{"min": 2, "max": 4, "integer": true}"""), ["kind"] = Json("""["a", "b"]""") },
        };
        var spec = new JobSpec { Command = ["true"], Output = "/storage/x", Sweep = sweep };

        var first = JobParts.Of(spec).Select(trial => JsonSerializer.Serialize(trial.Parameters)).ToList();
        var rates = JobParts.Of(spec).Select(trial => trial.Parameters["lr"].GetDouble()).ToList();

        Assert.Null(JobParts.Problem(sweep));
        Assert.Equal(first, JobParts.Of(spec).Select(trial => JsonSerializer.Serialize(trial.Parameters)));
        Assert.NotEqual(first, JobParts.Of(spec with { Sweep = sweep with { Seed = 4 } }).Select(trial => JsonSerializer.Serialize(trial.Parameters)));
        Assert.All(rates, rate => Assert.InRange(rate, 0.0001, 1));
        // Of a scale of four decades half lies below the second.
        Assert.InRange(rates.Count(rate => rate < 0.01), 15, 35);
        Assert.Equal([2, 3, 4], JobParts.Of(spec).Select(trial => trial.Parameters["depth"].GetInt32()).Distinct().Order());
    }

    private static JsonElement Json(string text)
    {
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }
}
