using System.Text.Json.Nodes;
using Holdfast.Functional.Tests.Labs;

namespace Holdfast.Functional.Tests;

/// <summary>The notebooks of examples/, each executed to its end.</summary>
public sealed class ExamplesTests
{
    [Fact]
    public async Task Tour_Executed_GivesTextTablePlotAndTheOneErrorItAnnounces()
    {
        var outputs = await ExecuteAsync("01-first-tour.ipynb");

        Assert.StartsWith("Hello from Python 3.", TextOf(outputs[1]), StringComparison.Ordinal);
        Assert.Contains("<table>", DataOf(outputs[2], "text/html"), StringComparison.Ordinal);
        AssertPng(outputs[3]);
        Assert.Equal("IndexError", (string?)Assert.Single(outputs[5])["content"]!["ename"]);
    }

    [Fact]
    public async Task TrainingRun_Executed_ProgressEndsAtTheLastEpochAndThePlotFollows()
    {
        var outputs = await ExecuteAsync("02-training-run.ipynb", "pause = 0");

        Assert.Equal("4000 points, 20 features\n", TextOf(outputs[2]));
        Assert.Matches(@"\r\[#{30}\] epoch 240/240, loss 0\.[0-9]{4}\n$", TextOf(outputs[3]));
        AssertPng(outputs[4]);
        Assert.Matches(@"^accuracy 0\.9[0-9]{2}\n$", TextOf(outputs[4]));
    }

    [Fact]
    public async Task Flood_Executed_EveryOutputArrives()
    {
        var outputs = await ExecuteAsync("03-flood.ipynb");

        Assert.Equal(Enumerable.Range(0, 2000).Select(number => $"display {number}"), outputs[2].Select(output => (string)output["content"]!["data"]!["text/plain"]!));
        Assert.Equal(string.Concat(Enumerable.Range(0, 20_000).Select(number => $"line {number}\n")), TextOf(outputs[3]));
        Assert.Equal(Enumerable.Range(0, 5).Select(number => $"{number}:{new string('x', 1_000_000)}"), outputs[4].Select(output => (string)output["content"]!["data"]!["text/plain"]!));
        Assert.Equal("2000 displays, 20000 lines and 5 large messages were sent\n", TextOf(outputs[5]));
    }

    /// <summary>Executes the code cells in order, as a page would. Errors are only where the cell's tag announces them.</summary>
    /// <returns>The outputs by the number of the cell.</returns>
    private static async Task<Dictionary<int, IReadOnlyList<JsonNode>>> ExecuteAsync(string name, string? parameters = null)
    {
        await using var workplace = new Workplace();
        workplace.CopyExample(name);
        await using var lab = await workplace.StartLabAsync();
        using var api = new LabApi(lab);
        var cells = (await api.GetAsync($"api/contents/{name}")).Json["content"]!["cells"]!.AsArray();
        await using var talk = await KernelTalk.ConnectAsync(lab, await api.StartKernelAsync(name));

        var outputs = new Dictionary<int, IReadOnlyList<JsonNode>>();
        foreach (var (cell, index) in cells.Select((cell, index) => (cell!, index)).Where(each => (string)each.Item1["cell_type"]! == "code"))
        {
            var tags = cell["metadata"]!["tags"]?.AsArray().Select(tag => (string)tag!).ToList() ?? [];
            outputs[index] = await talk.ExecuteAsync((string)cell["source"]!, (string)cell["id"]!);
            if (!tags.Contains("raises-exception")) Assert.DoesNotContain(outputs[index], output => (string)output["header"]!["msg_type"]! == "error");
            if (parameters is not null && tags.Contains("parameters")) await talk.ExecuteAsync(parameters);
        }

        return outputs;
    }

    private static string TextOf(IReadOnlyList<JsonNode> outputs) =>
        string.Concat(outputs.Where(output => (string)output["header"]!["msg_type"]! == "stream").Select(output => (string)output["content"]!["text"]!));

    private static string DataOf(IReadOnlyList<JsonNode> outputs, string mime) =>
        outputs.Select(output => (string?)output["content"]!["data"]?[mime]).First(data => data is not null)!;

    private static void AssertPng(IReadOnlyList<JsonNode> outputs) =>
        Assert.Equal("\x89PNG", string.Concat(Convert.FromBase64String(DataOf(outputs, "image/png")).Take(4).Select(each => (char)each)));
}
