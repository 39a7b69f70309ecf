using System.Net;
using System.Text.Json.Nodes;
using Holdfast.Lab.Tests.Kernels;

namespace Holdfast.Lab.Tests.Sessions;

public sealed class SessionsTests(KeeperFixture keeper)
{
    [Fact]
    public async Task Session_FromCreateToDelete_AnswersAsJupyterDoes()
    {
        await using var lab = await keeper.StartLabAsync();
        Directory.CreateDirectory(Path.Combine(lab.Root, "sub"));
        var (status, session, response) = await CreateAsync(lab, "sub/train.ipynb");
        Assert.Equal(HttpStatusCode.Created, status);
        var id = (string)session!["id"]!;
        Assert.Equal($"/api/sessions/{id}", response.Headers.Location?.ToString());
        Assert.Equal("sub/train.ipynb", (string?)session["path"]);
        Assert.Equal("train.ipynb", (string?)session["name"]);
        Assert.Equal("notebook", (string?)session["type"]);
        Assert.Equal("""{"path":"sub/train.ipynb","name":"train.ipynb"}""", session["notebook"]!.ToJsonString());
        var kernel = (string)session["kernel"]!["id"]!;
        await lab.WaitForKernelAsync(kernel, model => (string?)model["execution_state"] == "idle");

        // A second page of the same document: the same session, and the model is that of the list.
        var (again, same, _) = await CreateAsync(lab, "sub/train.ipynb");
        Assert.Equal(HttpStatusCode.Created, again);
        var listed = Assert.Single((await lab.GetAsync("/api/sessions")).AsArray())!;
        var asked = await lab.GetAsync($"/api/sessions/{id}");
        // The kernel may have put out something meanwhile.
        foreach (var each in new[] { same!, listed, asked }) each["kernel"]!.AsObject().Remove("last_activity");
        Assert.Equal(same!.ToJsonString(), listed.ToJsonString());
        Assert.Equal(same.ToJsonString(), asked.ToJsonString());
        Assert.Equal(id, (string?)same["id"]);

        using (var page = await lab.OpenPageAsync(kernel, "page"))
        {
            var seen = await page.ReadExecutionAsync(await page.ExecuteAsync("import os; print(os.environ['JPY_SESSION_NAME'], os.getcwd())"));
            var text = string.Concat(seen.Where(message => message.Type == "stream").Select(message => (string?)message.Content["text"]));
            Assert.Equal($"{lab.Root}/sub/train.ipynb {lab.Root}/sub\n", text);
        }

        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Delete, $"/api/sessions/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.SendAsync(HttpMethod.Delete, $"/api/sessions/{id}")).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.SendAsync(HttpMethod.Get, $"/api/sessions/{id}")).Status);
        Assert.Empty((await lab.GetAsync("/api/sessions")).AsArray());
        Assert.Empty((await lab.GetAsync("/api/kernels")).AsArray());
    }

    [Fact]
    public async Task Session_OfALabThatIsGone_IsThereInTheNext()
    {
        var lab = await keeper.StartLabAsync();
        var (_, session, _) = await CreateAsync(lab, "train.ipynb");
        await lab.DisposeAsync();
        await using var next = await keeper.StartLabAsync(lab);
        var kept = Assert.Single((await next.GetAsync("/api/sessions")).AsArray())!;
        Assert.Equal((string?)session!["id"], (string?)kept["id"]);
        Assert.Equal((string?)session["kernel"]!["id"], (string?)kept["kernel"]!["id"]);
    }

    [Fact]
    public async Task Change_NameAndPath_KeepsTheKernel()
    {
        await using var lab = await keeper.StartLabAsync();
        var (_, session, _) = await CreateAsync(lab, "old.ipynb");
        var (status, changed, _) = await lab.SendAsync(HttpMethod.Patch, $"/api/sessions/{session!["id"]}", """{"path": "new.ipynb", "name": "new.ipynb", "type": "console"}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(("new.ipynb", "new.ipynb", "console"), ((string?)changed!["path"], (string?)changed["name"], (string?)changed["type"]));
        Assert.Equal((string?)session["kernel"]!["id"], (string?)changed["kernel"]!["id"]);
        Assert.Null(changed["notebook"]);
        Assert.Equal(HttpStatusCode.NotFound, (await lab.SendAsync(HttpMethod.Patch, "/api/sessions/none", "{}")).Status);
    }

    [Fact]
    public async Task Change_ToANewKernel_ShutsTheOldOneDown()
    {
        await using var lab = await keeper.StartLabAsync();
        var (_, session, _) = await CreateAsync(lab, "train.ipynb");
        var (status, changed, _) = await lab.SendAsync(HttpMethod.Patch, $"/api/sessions/{session!["id"]}", """{"kernel": {"name": "variables"}}""");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("variables", (string?)changed!["kernel"]!["name"]);
        Assert.Equal((string?)changed["kernel"]!["id"], (string?)Assert.Single((await lab.GetAsync("/api/kernels")).AsArray())!["id"]);
        Assert.Equal((string?)session["id"], (string?)Assert.Single((await lab.GetAsync("/api/sessions")).AsArray())!["id"]);

        var (unknown, _, _) = await lab.SendAsync(HttpMethod.Patch, $"/api/sessions/{session["id"]}", """{"kernel": {"id": "0-0-0-0-0"}}""");
        Assert.Equal(HttpStatusCode.BadRequest, unknown);
    }

    [Fact]
    public async Task Change_ToARunningKernel_KeepsAnOldOneThatAnotherSessionUses()
    {
        await using var lab = await keeper.StartLabAsync();
        var (_, first, _) = await CreateAsync(lab, "first.ipynb");
        var shared = (string)first!["kernel"]!["id"]!;
        var (_, console, _) = await lab.SendAsync(HttpMethod.Post, "/api/sessions", $$$"""{"path": "console-1", "name": "Console 1", "type": "console", "kernel": {"id": "{{{shared}}}"}}""");
        Assert.Equal(shared, (string?)console!["kernel"]!["id"]);
        var own = await lab.StartKernelAsync();
        var (_, moved, _) = await lab.SendAsync(HttpMethod.Patch, $"/api/sessions/{console["id"]}", $$$"""{"kernel": {"id": "{{{own}}}"}}""");
        Assert.Equal(own, (string?)moved!["kernel"]!["id"]);
        Assert.Equal(2, (await lab.GetAsync("/api/kernels")).AsArray().Count);
        Assert.Equal(2, (await lab.GetAsync("/api/sessions")).AsArray().Count);
    }

    [Fact]
    public async Task Create_SamePathAtOnce_StartsOneKernel()
    {
        await using var lab = await keeper.StartLabAsync();
        var created = await Task.WhenAll(CreateAsync(lab, "both.ipynb"), CreateAsync(lab, "both.ipynb"));
        Assert.Equal((string?)created[0].Body!["id"], (string?)created[1].Body!["id"]);
        Assert.Single((await lab.GetAsync("/api/kernels")).AsArray());
    }

    [Theory]
    [InlineData("""{"type": "notebook"}""", HttpStatusCode.BadRequest, "Missing field in JSON data: path")]
    [InlineData("""{"path": "x.ipynb"}""", HttpStatusCode.BadRequest, "Missing field in JSON data: type")]
    [InlineData("", HttpStatusCode.BadRequest, "Invalid JSON")]
    [InlineData("""{"path": "x.ipynb", "type": "notebook", "kernel": {"name": "fortran"}}""", HttpStatusCode.NotImplemented, "The 'fortran' kernel is not available.")]
    [InlineData("""{"path": "x.ipynb", "type": "notebook", "kernel": {"name": "dies"}}""", HttpStatusCode.InternalServerError, "no module named shark")]
    public async Task Create_ThatCannotWork_SaysWhyAndLeavesNothing(string body, HttpStatusCode expected, string words)
    {
        await using var lab = await keeper.StartLabAsync();
        var (status, answer, _) = await lab.SendAsync(HttpMethod.Post, "/api/sessions", body);
        Assert.Equal(expected, status);
        Assert.Contains(words, (string?)answer!["message"]);
        Assert.Empty((await lab.GetAsync("/api/sessions")).AsArray());
        Assert.Empty((await lab.GetAsync("/api/kernels")).AsArray());
    }

    [Fact]
    public async Task Create_OldFormWithNotebook_IsUnderstood()
    {
        await using var lab = await keeper.StartLabAsync();
        var (status, session, _) = await lab.SendAsync(HttpMethod.Post, "/api/sessions", """{"notebook": {"path": "old.ipynb"}}""");
        Assert.Equal(HttpStatusCode.Created, status);
        Assert.Equal(("old.ipynb", "notebook"), ((string?)session!["path"], (string?)session["type"]));
    }

    private static Task<(HttpStatusCode Status, JsonNode? Body, HttpResponseMessage Response)> CreateAsync(LabHost lab, string path) =>
        lab.SendAsync(HttpMethod.Post, "/api/sessions", $$$"""{"path": "{{{path}}}", "name": "{{{Path.GetFileName(path)}}}", "type": "notebook", "kernel": {"name": "python3"}}""");
}
