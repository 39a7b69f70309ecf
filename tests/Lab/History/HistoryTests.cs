using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Holdfast.History;
using Holdfast.Lab.History;
using Holdfast.Lab.Http;
using Holdfast.Lab.Tests.Hosting;
using Microsoft.Extensions.Logging.Abstractions;

namespace Holdfast.Lab.Tests.History;

public sealed class HistoryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Saves_AndWhatOthersWroteBetween_AreVersions()
    {
        await using var lab = await TestLab.StartAsync();
        await SaveAsync(lab, "n.ipynb", Notebook(("a", "1", "one")));
        await SaveAsync(lab, "n.ipynb", Notebook(("a", "1", "one")));
        var outside = Notebook(("a", "1", "one"), ("b", "2", "two")).ToJsonString();
        Assert.Single(await VersionsAsync(lab, "n.ipynb"));
        await File.WriteAllTextAsync(lab.PathOf("n.ipynb"), outside, Cancel);
        await SaveAsync(lab, "n.ipynb", Notebook(("a", "1", "one")));

        Assert.Equal([(3, "save", "−1 cell"), (2, "outside", "+1 cell"), (1, "save", "first version")], await VersionsAsync(lab, "n.ipynb"));
        Assert.Equal(outside, Encoding.UTF8.GetString(await lab.Client.GetByteArrayAsync("api/history/version?path=n.ipynb&version=2", Cancel)));
    }

    [Fact]
    public async Task Clear_AndDelete_ComeBack_AndThePresentIsKept()
    {
        await using var lab = await TestLab.StartAsync();
        await SaveAsync(lab, "n.ipynb", Notebook(("a", "1", "one"), ("b", "2", "two")));
        await SaveAsync(lab, "n.ipynb", Notebook(("a", "1", "")));

        var difference = (await lab.GetAsync("api/history/diff?path=n.ipynb&from=1")).Body!;
        Assert.Equal("−1 cell, outputs of 1 cell cleared", (string?)difference["change"]);
        Assert.Equal(["cleared", "same"], difference["cells"]!.AsArray().Select(cell => (string?)cell!["outputs"]));
        Assert.Equal("one", (string?)difference["cells"]![0]!["outputs_before"]![0]!["text"]);
        Assert.Equal(["-2"], difference["cells"]![1]!["source"]!.AsArray().Select(line => (string?)line));

        var restored = await lab.SendAsync(HttpMethod.Post, "api/history/restore", """{"path": "n.ipynb", "version": 1, "cells": ["b"]}""");
        Assert.Equal((HttpStatusCode.OK, 2), (restored.Status, (int?)restored.Body!["kept"]));
        Assert.Equal(["1", "2"], await SourcesAsync(lab, "n.ipynb"));

        await lab.SendAsync(HttpMethod.Post, "api/history/restore", """{"path": "n.ipynb", "version": 1}""");
        Assert.Equal(await lab.Client.GetByteArrayAsync("api/history/version?path=n.ipynb&version=1", Cancel), await File.ReadAllBytesAsync(lab.PathOf("n.ipynb"), Cancel));
        Assert.Equal(["restore", "restore", "save", "save"], (await VersionsAsync(lab, "n.ipynb")).Select(version => version.Kind));
    }

    [Fact]
    public async Task Deleted_Renamed_AndRevertedNotebooks_KeepTheirVersions()
    {
        await using var lab = await TestLab.StartAsync();
        await SaveAsync(lab, "n.ipynb", Notebook(("a", "1", "")));
        await SaveAsync(lab, "n.ipynb", Notebook(("a", "2", "")));
        await lab.SendAsync(HttpMethod.Post, "api/contents/n.ipynb/checkpoints/checkpoint");
        await lab.SendAsync(HttpMethod.Patch, "api/contents/n.ipynb", """{"path": "m.ipynb"}""");
        Assert.Equal("rename", (await VersionsAsync(lab, "m.ipynb"))[0].Kind);
        await File.WriteAllTextAsync(lab.PathOf("m.ipynb"), "torn", Cancel);
        await lab.SendAsync(HttpMethod.Delete, "api/contents/m.ipynb");

        Assert.Equal(["outside", "rename", "save", "save", "save"], (await VersionsAsync(lab, "m.ipynb")).Select(version => version.Kind));
        Assert.Empty(await VersionsAsync(lab, "n.ipynb"));
        Assert.Equal(HttpStatusCode.OK, (await lab.SendAsync(HttpMethod.Post, "api/history/restore", """{"path": "m.ipynb", "version": 2}""")).Status);
        Assert.Equal(["2"], await SourcesAsync(lab, "m.ipynb"));
    }

    [Theory]
    [InlineData("api/history?path=.hidden.ipynb")]
    [InlineData("api/history?path=../n.ipynb")]
    [InlineData("api/history?path=")]
    [InlineData("api/history/version?path=n.ipynb&version=9")]
    [InlineData("api/history/version?path=n.ipynb&version=x")]
    [InlineData("api/history/diff?path=n.ipynb&from=1&to=9")]
    public async Task WhatIsNotThere_OrNobodyMayHave_IsNotFound(string address)
    {
        await using var lab = await TestLab.StartAsync();
        await SaveAsync(lab, "n.ipynb", Notebook(("a", "1", "")));
        Assert.Equal(HttpStatusCode.NotFound, (await lab.GetAsync(address)).Status);
    }

    [Fact]
    public async Task History_WithoutTheToken_IsForbidden()
    {
        await using var lab = await TestLab.StartAsync();
        using var stranger = lab.NewClient();
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.SendAsync(HttpMethod.Get, "api/history?path=n.ipynb", client: stranger)).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await lab.SendAsync(HttpMethod.Post, "api/history/restore", """{"path": "n.ipynb", "version": 1}""", stranger)).Status);
    }

    [Fact]
    public async Task Limit_OfZero_KeepsNothing()
    {
        await using var lab = await TestLab.StartAsync(options => options with { Environment = new Dictionary<string, string>(options.Environment) { [HistoryLimit.Variable] = "0" } });
        await SaveAsync(lab, "n.ipynb", Notebook(("a", "1", "")));
        Assert.False((bool?)(await lab.GetAsync("api/history?path=n.ipynb")).Body!["kept"]);
        Assert.False(File.Exists(HistoryStore.FileOf(lab.Options.StateFolder)));
    }

    [Fact]
    public async Task StoreThatCannotBeWritten_CostsNoSave_IsSaidOnce_AndGoesOn()
    {
        var log = new MemoryLog();
        await using var lab = await TestLab.StartAsync(log: log);
        var obstacle = Directory.CreateDirectory(HistoryStore.FileOf(lab.Options.StateFolder)).FullName;
        for (var each = 0; each < 3; each++)
            await SaveAsync(lab, "n.ipynb", Notebook(("a", $"{each}", "")));
        await WaitAsync(() => log.Lines.Any(line => line.Contains("cannot be kept right now", StringComparison.Ordinal)));
        Directory.Delete(obstacle);
        await WaitAsync(() => log.Lines.Any(line => line.Contains("is kept again", StringComparison.Ordinal)));

        Assert.Equal(3, (await VersionsAsync(lab, "n.ipynb")).Count);
        Assert.Single(log.Lines, line => line.Contains("cannot be kept right now", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Runs_InARow_AreOneVersion_ButNothingThatASaveReplacedIsMissed()
    {
        await using var lab = await TestLab.StartAsync();
        using var memory = new IdleMemory(TimeProvider.System);
        await using var history = new NotebookHistory(lab.Options, TimeProvider.System, memory, NullLogger<NotebookHistory>.Instance);
        var path = lab.PathOf("n.ipynb");
        for (var each = 0; each < 5; each++)
            Write(Notebook(("a", "1", $"{each}")), VersionKind.Run);
        Write(Notebook(("a", "1", "")), VersionKind.Save);
        await history.SettleAsync(Cancel);

        using var store = HistoryStore.Open(lab.Options.StateFolder);
        Assert.Equal([(VersionKind.Save, "outputs of 1 cell cleared"), (VersionKind.Run, "first version")], store.List(path).Select(version => (version.Kind, version.Change)));
        Assert.Contains("\"4\"", Encoding.UTF8.GetString(store.Read(path, 1)!), StringComparison.Ordinal);

        // As the recorder and a save do it: the file is replaced, not written over.
        void Write(JsonObject notebook, VersionKind kind)
        {
            history.Before(path);
            File.WriteAllText(path + "-new", notebook.ToJsonString());
            File.Move(path + "-new", path, overwrite: true);
            history.Note(path, kind);
        }
    }

    private static async Task WaitAsync(Func<bool> condition)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (!condition())
            await Task.Delay(20, limit.Token);
    }

    private static async Task SaveAsync(TestLab lab, string path, JsonObject notebook)
    {
        var saved = await lab.PutAsync($"api/contents/{path}", new JsonObject { ["type"] = "notebook", ["format"] = "json", ["content"] = notebook }.ToJsonString());
        Assert.True(saved.Status is HttpStatusCode.OK or HttpStatusCode.Created, $"{saved.Status}");
    }

    private static async Task<List<(int Number, string Kind, string Change)>> VersionsAsync(TestLab lab, string path) =>
        [.. (await lab.GetAsync($"api/history?path={path}")).Body!["versions"]!.AsArray().Select(version => ((int)version!["version"]!, (string)version["kind"]!, (string)version["change"]!))];

    private static async Task<IEnumerable<string?>> SourcesAsync(TestLab lab, string path) =>
        (await lab.GetAsync($"api/contents/{path}")).Body!["content"]!["cells"]!.AsArray().Select(cell => (string?)cell!["source"]);

    private static JsonObject Notebook(params (string Id, string Source, string Output)[] cells) => new()
    {
        ["cells"] = new JsonArray([.. cells.Select(cell => new JsonObject
        {
            ["cell_type"] = "code",
            ["execution_count"] = null,
            ["id"] = cell.Id,
            ["metadata"] = new JsonObject(),
            ["outputs"] = cell.Output.Length == 0 ? [] : new JsonArray(new JsonObject { ["name"] = "stdout", ["output_type"] = "stream", ["text"] = cell.Output }),
            ["source"] = cell.Source,
        })]),
        ["metadata"] = new JsonObject(),
        ["nbformat"] = 4,
        ["nbformat_minor"] = 5,
    };
}
