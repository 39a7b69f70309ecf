using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Holdfast.Functional.Tests.Labs;

namespace Holdfast.Functional.Tests;

/// <summary>What people get wrong, or their machine: the message names the thing and the mend.</summary>
public sealed class BadInputTests
{
    [Fact]
    public async Task Start_PortInUse_NamesThePortAndTheMend()
    {
        await using var workplace = new Workplace();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;

        var ended = await workplace.TryAsync("lab", "--no-browser", "--port", $"{port}", "--token", "t", workplace.Notebooks);

        Assert.Equal(1, ended.Code);
        Assert.Matches($@"^holdfast: Port {port} is in use.*; mend: --port with another one, or --port 0 for any free one\.\n$", ended.Errors);
    }

    [Fact]
    public async Task Start_FolderMissing_NamesTheFolder()
    {
        await using var workplace = new Workplace();

        var ended = await workplace.TryAsync("lab", "--no-browser", "--port", "0", workplace.PathOf("gone"));

        Assert.Equal(1, ended.Code);
        Assert.Contains(workplace.PathOf("gone"), ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_FolderUnreadable_NamesTheFolder()
    {
        await using var workplace = new Workplace();
        workplace.OpenToOthers();
        var folder = Directory.CreateDirectory(workplace.PathOf("locked"), UnixFileMode.None).FullName;
        var command = workplace.Command("lab", "--no-browser", "--port", "0", "--token", "t", folder);

        var ended = await Workplace.TryAsync(Program.AsNobody(command));

        Assert.Equal(1, ended.Code);
        Assert.Contains(folder, ended.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_NoKernelInstalled_SaysSoWithTheMendAndNotebooksOpen()
    {
        await using var workplace = new Workplace();
        workplace.WriteNotebook("fine.ipynb", "1");
        // Debian's kernelspec is always searched: here an empty folder lies over it.
        await using var lab = await workplace.StartLabWithoutKernelsAsync();

        Assert.Contains("No kernel was found", await lab.HearAsync("Ctrl-C"), StringComparison.Ordinal);
        Assert.Contains("apt-get install python3-ipykernel", await lab.HearAsync("Mend: "), StringComparison.Ordinal);
        using var api = new LabApi(lab);
        Assert.Equal(HttpStatusCode.OK, (await api.GetAsync("api/contents/fine.ipynb")).Status);
        var refused = await api.PostSessionAsync("fine.ipynb");
        Assert.Equal(HttpStatusCode.NotImplemented, refused.Status);
        Assert.Contains("python3", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_BrokenKernelspec_IsNamedAndTheOthersWork()
    {
        await using var workplace = new Workplace();
        var broken = workplace.WriteKernel("broken", "{ \"argv\": [");
        await using var lab = await workplace.StartLabAsync();

        var said = await lab.HearAsync("Ctrl-C");

        Assert.Contains(broken, said, StringComparison.Ordinal);
        using var api = new LabApi(lab);
        await using var talk = await KernelTalk.ConnectAsync(lab, await api.StartKernelAsync("fine.ipynb"));
        Assert.Equal("42\n", (string?)Assert.Single(await talk.ExecuteAsync("print(42)"))["content"]!["text"]);
    }

    [Fact]
    public async Task Kernel_DiesAtStart_AnswersItsLastWords()
    {
        await using var workplace = new Workplace();
        workplace.WriteKernel("dying", """{"argv": ["/bin/sh", "-c", "echo the tide is out >&2; exit 3", "{connection_file}"], "display_name": "Dying", "language": "python"}""");
        await using var lab = await workplace.StartLabAsync();
        using var api = new LabApi(lab);

        var answer = await api.PostSessionAsync("dies.ipynb", "dying");

        Assert.Equal(HttpStatusCode.InternalServerError, answer.Status);
        Assert.Contains("the tide is out", answer.Message, StringComparison.Ordinal);
        Assert.Empty((await api.GetAsync("api/sessions")).Json.AsArray());
    }

    [Theory]
    [InlineData("{\"cells\": [\n  {\"cell_type\": \"code\",", 2)]
    [InlineData("{\"cells\": [],\n\"metadata\": {}\n\"nbformat\": 4}", 3)]
    public async Task Notebook_Invalid_SaysWhereAndOpensAsText(string text, int line)
    {
        await using var workplace = new Workplace();
        await File.WriteAllTextAsync(workplace.PathOf("bad.ipynb"), text, TestContext.Current.CancellationToken);
        await using var lab = await workplace.StartLabAsync();
        using var api = new LabApi(lab);

        var refused = await api.GetAsync("api/contents/bad.ipynb?type=notebook&content=1");
        var opened = await api.GetAsync("api/contents/bad.ipynb?type=file&format=text&content=1");

        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("bad.ipynb", refused.Message, StringComparison.Ordinal);
        Assert.Contains($"Line {line}, column", refused.Message, StringComparison.Ordinal);
        Assert.Equal(text, (string?)opened.Json["content"]);
        Assert.Equal(text, await File.ReadAllTextAsync(workplace.PathOf("bad.ipynb"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Save_DiskFull_SaysSoKeepsTheOldFileAndWorksAfterRoomIsMade()
    {
        await using var workplace = new Workplace();
        using var disk = SmallDisk.Mount(workplace.Notebooks, megabytes: 4);
        workplace.WriteNotebook("full.ipynb", "1");
        var before = await File.ReadAllBytesAsync(workplace.PathOf("full.ipynb"), TestContext.Current.CancellationToken);
        var ballast = workplace.PathOf("ballast");
        await using var lab = await workplace.StartLabAsync();
        using var api = new LabApi(lab);
        await File.WriteAllBytesAsync(ballast, new byte[3 << 20], TestContext.Current.CancellationToken);
        var model = new JsonObject { ["type"] = "notebook", ["format"] = "json", ["content"] = JsonNode.Parse(NotebookText.Of([new string('x', 2 << 20)])) };

        var refused = await api.SendAsync(HttpMethod.Put, "api/contents/full.ipynb", model);

        Assert.Equal(HttpStatusCode.InsufficientStorage, refused.Status);
        Assert.Contains("full.ipynb", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, await File.ReadAllBytesAsync(workplace.PathOf("full.ipynb"), TestContext.Current.CancellationToken));
        File.Delete(ballast);
        Assert.Equal(HttpStatusCode.OK, (await api.SendAsync(HttpMethod.Put, "api/contents/full.ipynb", model)).Status);
        Assert.Equal(["full.ipynb"], Directory.EnumerateFiles(workplace.Notebooks).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("wrong")]
    [InlineData(null)]
    public async Task Token_Wrong_IsRefusedAsJsonAndThePageAsksForIt(string? token)
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        using var api = new LabApi(lab, token);

        var refused = await api.GetAsync("api/contents");

        Assert.Equal(HttpStatusCode.Forbidden, refused.Status);
        Assert.Equal("Forbidden", refused.Message);
        Assert.Equal(HttpStatusCode.Redirect, (await api.GetAsync("lab")).Status);
        Assert.Contains("<form", (await api.GetAsync("login")).Text, StringComparison.Ordinal);
        using var link = new HttpClient { BaseAddress = lab.Root };
        var page = await link.GetStringAsync(token is null ? "lab" : $"lab?token={token}", TestContext.Current.CancellationToken);
        Assert.Equal(token is not null, page.Contains("The token in the link is not this lab", StringComparison.Ordinal));
    }
}
