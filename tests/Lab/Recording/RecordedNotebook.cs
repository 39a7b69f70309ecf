using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Kernels;

namespace Holdfast.Lab.Tests.Recording;

/// <summary>A notebook with a kernel in a lab of its own.</summary>
internal sealed class RecordedNotebook : IAsyncDisposable
{
    public const string Name = "train.ipynb";

    private RecordedNotebook(LabHost lab, string kernel) => (Lab, Kernel) = (lab, kernel);

    public LabHost Lab { get; private set; }

    public string Kernel { get; }

    public string File => Path.Combine(Lab.Root, Name);

    /// <summary>A notebook of code cells with the ids <c>c0</c>, <c>c1</c>, … (from 4.5 on) and its session.</summary>
    public static async Task<RecordedNotebook> StartAsync(KeeperFixture keeper, IReadOnlyList<string> sources, int minor = 5)
    {
        var lab = await keeper.StartLabAsync();
        await System.IO.File.WriteAllTextAsync(Path.Combine(lab.Root, Name), Model(sources, minor).ToJsonString());
        var (status, session, _) = await lab.SendAsync(HttpMethod.Post, "/api/sessions", $$$"""{"path": "{{{Name}}}", "type": "notebook", "name": "", "kernel": {"name": "python3"}}""");
        Assert.True(status == HttpStatusCode.Created, session?.ToString());
        var kernel = (string)session!["kernel"]!["id"]!;
        await lab.WaitForKernelAsync(kernel, model => (string?)model["execution_state"] == "idle");
        return new RecordedNotebook(lab, kernel);
    }

    /// <summary>The notebook as a page that was opened before any run has it.</summary>
    public static JsonObject Model(IReadOnlyList<string> sources, int minor = 5)
    {
        var cells = new JsonArray();
        foreach (var (source, number) in sources.Select((source, number) => (source, number)))
        {
            var cell = new JsonObject { ["cell_type"] = "code", ["execution_count"] = null, ["metadata"] = new JsonObject(), ["outputs"] = new JsonArray(), ["source"] = source };
            if (minor >= 5)
                cell["id"] = $"c{number}";
            cells.Add((JsonNode)cell);
        }
        return new JsonObject { ["cells"] = cells, ["metadata"] = new JsonObject(), ["nbformat"] = 4, ["nbformat_minor"] = minor };
    }

    public Task<PageClient> OpenPageAsync(string session = "page") => Lab.OpenPageAsync(Kernel, session);

    /// <summary>The same folder in a lab that was started after the first one has ended.</summary>
    public async Task RestartLabAsync(KeeperFixture keeper)
    {
        await Lab.DisposeAsync();
        Lab = await keeper.StartLabAsync(Lab);
    }

    public async Task<JsonNode> ReadFileAsync() => JsonNode.Parse(await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken))!;

    /// <summary>Waits until the file is as asked for.</summary>
    public async Task<JsonNode> WaitForFileAsync(Func<JsonNode, bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var notebook = await ReadFileAsync();
            if (condition(notebook))
                return notebook;
            Assert.False(limit.IsCancellationRequested, notebook.ToString());
            await Task.Delay(10);
        }
    }

    /// <summary>Waits until the file has all that the kernel has sent so far, and nothing more is to be written.</summary>
    public async Task WaitUntilWholeAsync(KeeperFixture keeper)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (keeper.Client.Find(Kernel) is { } kernel && kernel.WholeUpTo < kernel.LastSequence)
            await Task.Delay(10, limit.Token);
    }

    /// <summary>Saves through the contents API and gives the answer.</summary>
    public async Task<JsonNode> SaveAsync(JsonObject content, JsonObject? statement = null)
    {
        var body = new JsonObject { ["type"] = "notebook", ["format"] = "json", ["content"] = content.DeepClone() };
        if (statement is not null)
            body["holdfast"] = statement;
        var (status, answer, _) = await Lab.SendAsync(HttpMethod.Put, $"/api/contents/{Name}", body.ToJsonString());
        Assert.True(status == HttpStatusCode.OK, answer?.ToString());
        return answer!;
    }

    public Task<JsonNode> GetAsync(bool withContent = true) => Lab.GetAsync($"/api/contents/{Name}?content={(withContent ? 1 : 0)}&hash=1");

    public static string TextOf(JsonNode notebook, int cell) => string.Concat(notebook["cells"]![cell]!["outputs"]!.AsArray()
        .Select(output => output!["text"] ?? output["data"]?["text/plain"])
        .Select(text => text is JsonArray lines ? string.Concat(lines.Select(line => (string)line!)) : (string?)text));

    public static int? CountOf(JsonNode notebook, int cell) => (int?)notebook["cells"]![cell]!["execution_count"];

    public ValueTask DisposeAsync() => Lab.DisposeAsync();
}
