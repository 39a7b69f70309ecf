using System.Net;
using System.Text.RegularExpressions;

namespace Holdfast.Lab.Tests.Kernels;

public sealed partial class KernelsApiTests(KeeperFixture keeper)
{
    [Fact]
    public async Task KernelSpecs_OfThisMachine_HaveJupytersShape()
    {
        await using var lab = await keeper.StartLabAsync();
        var model = await lab.GetAsync("/api/kernelspecs");
        Assert.NotNull(model["kernelspecs"]![(string)model["default"]!]);
        var spec = model["kernelspecs"]!["dies"]!;
        Assert.Equal("dies", (string?)spec["name"]);
        Assert.Equal("Dies", (string?)spec["spec"]!["display_name"]);
        Assert.Equal("sh", (string?)spec["spec"]!["language"]);
        Assert.Equal("/kernelspecs/dies/logo-64x64.png", (string?)spec["resources"]!["logo-64x64"]);
        Assert.Equal(spec.ToJsonString(), (await lab.GetAsync("/api/kernelspecs/Dies")).ToJsonString());

        var (status, _, response) = await lab.SendAsync(HttpMethod.Get, "/kernelspecs/dies/logo-64x64.png");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("image/png", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal([0x89, 0x50], await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Addresses_WithABaseUrl_AreEncodedAsTheBrowserSeesThem()
    {
        await using var lab = await keeper.StartLabAsync(baseUrl: "/a%40b/");
        var specs = await lab.GetAsync("/a%40b/api/kernelspecs");
        Assert.Equal("/a%40b/kernelspecs/dies/logo-64x64.png", (string?)specs["kernelspecs"]!["dies"]!["resources"]!["logo-64x64"]);
        var (_, session, response) = await lab.SendAsync(HttpMethod.Post, "/a%40b/api/sessions", """{"path":"n.ipynb","type":"notebook"}""");
        Assert.Equal($"/a%40b/api/sessions/{session!["id"]}", response.Headers.Location!.OriginalString);
        // What the client was told is what the next list says; the kernel may have put out something meanwhile.
        var listed = Assert.Single((await lab.GetAsync("/a%40b/api/sessions")).AsArray())!;
        foreach (var each in new[] { session, listed }) each["kernel"]!.AsObject().Remove("last_activity");
        Assert.Equal(session.ToJsonString(), listed.ToJsonString());
        var (_, kernel, made) = await lab.SendAsync(HttpMethod.Post, "/a%40b/api/kernels", """{"name":"python","kernel_id":"called-python"}""");
        Assert.Equal("/a%40b/api/kernels/called-python", made.Headers.Location!.OriginalString);
        Assert.Equal(("python3", "idle"), ((string?)kernel!["name"], (string?)kernel["execution_state"]));
    }

    [Fact]
    public async Task KernelSpec_AddedWhileTheLabRuns_IsThereAtOnce()
    {
        await using var lab = await keeper.StartLabAsync();
        await lab.GetAsync("/api/kernelspecs");
        var name = $"added-{Guid.NewGuid():N}";
        var folder = Directory.CreateDirectory(Path.Combine(keeper.Variables["JUPYTER_PATH"], "kernels", name)).FullName;
        await File.WriteAllTextAsync(Path.Combine(folder, "kernel.json"), """{"argv": ["cat", "{connection_file}"], "display_name": "Added"}""", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(folder, "resource.txt"), "the very model", TestContext.Current.CancellationToken);
        Assert.Equal("Added", (string?)(await lab.GetAsync($"/api/kernelspecs/{name}"))["spec"]!["display_name"]);
        var (found, _, resource) = await lab.SendAsync(HttpMethod.Get, $"/kernelspecs/{name}/resource.txt");
        Assert.Equal((HttpStatusCode.OK, "the very model"), (found, await resource.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)));
        Directory.Delete(folder, recursive: true);
        Assert.Null((await lab.GetAsync("/api/kernelspecs"))["kernelspecs"]![name]);
    }

    [Theory]
    [InlineData("/api/kernelspecs/none", "Kernel spec none not found")]
    [InlineData("/kernelspecs/none/logo-64x64.png", "Kernel spec none not found")]
    [InlineData("/kernelspecs/dies/kernel.json", "Kernel spec dies has no resource kernel.json")]
    [InlineData("/kernelspecs/dies/..%2f..%2f..%2fetc%2fpasswd", null)]
    [InlineData("/api/kernels/00000000-0000-0000-0000-000000000000", "Kernel does not exist: 00000000-0000-0000-0000-000000000000")]
    [InlineData("/api/kernels/00000000-0000-0000-0000-000000000000/channels", "Kernel does not exist: 00000000-0000-0000-0000-000000000000")]
    public async Task Get_WhatIsNotThere_Is404WithAMessage(string path, string? message)
    {
        await using var lab = await keeper.StartLabAsync();
        var (status, body, _) = await lab.SendAsync(HttpMethod.Get, path);
        Assert.Equal(HttpStatusCode.NotFound, status);
        if (message is not null)
            Assert.Equal(message, (string?)body!["message"]);
    }

    [Fact]
    public async Task Kernel_FromStartToDelete_AnswersAsJupyterDoes()
    {
        await using var lab = await keeper.StartLabAsync();
        var (status, model, response) = await lab.SendAsync(HttpMethod.Post, "/api/kernels");
        Assert.Equal(HttpStatusCode.Created, status);
        var id = (string)model!["id"]!;
        Assert.Equal($"/api/kernels/{id}", response.Headers.Location?.ToString());
        Assert.Equal("python3", (string?)model["name"]);
        Assert.Matches(JupyterTime(), (string?)model["last_activity"]);
        Assert.Equal(0, (int?)model["connections"]);
        await lab.WaitForKernelAsync(id, kernel => (string?)kernel["execution_state"] == "idle");
        Assert.Equal(id, (string?)Assert.Single((await lab.GetAsync("/api/kernels")).AsArray())!["id"]);

        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Post, $"/api/kernels/{id}/interrupt")).Status);
        var (restarted, again, _) = await lab.SendAsync(HttpMethod.Post, $"/api/kernels/{id}/restart");
        Assert.Equal(HttpStatusCode.OK, restarted);
        Assert.Equal(id, (string?)again!["id"]);

        Assert.Equal(HttpStatusCode.NoContent, (await lab.SendAsync(HttpMethod.Delete, $"/api/kernels/{id}")).Status);
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, ""), (HttpMethod.Delete, ""), (HttpMethod.Post, "/interrupt"), (HttpMethod.Post, "/restart")])
            Assert.Equal(HttpStatusCode.NotFound, (await lab.SendAsync(method, $"/api/kernels/{id}{path}")).Status);
        Assert.Empty((await lab.GetAsync("/api/kernels")).AsArray());
    }

    [Fact]
    public async Task Start_IdGivenByTheClient_IsTakenOnce()
    {
        await using var lab = await keeper.StartLabAsync();
        var id = Guid.NewGuid().ToString();
        Assert.Equal(id, await lab.StartKernelAsync($$"""{"name": "python3", "kernel_id": "{{id}}"}"""));
        Assert.Equal(id, await lab.StartKernelAsync($$"""{"kernel_id": "{{id}}"}"""));
        Assert.Single((await lab.GetAsync("/api/kernels")).AsArray());

        await using var other = await keeper.StartLabAsync();
        Assert.Empty((await other.GetAsync("/api/kernels")).AsArray());
        Assert.Equal(HttpStatusCode.NotFound, (await other.SendAsync(HttpMethod.Delete, $"/api/kernels/{id}")).Status);
        Assert.Equal(HttpStatusCode.Conflict, (await other.SendAsync(HttpMethod.Post, "/api/kernels", $$"""{"kernel_id": "{{id}}"}""")).Status);
    }

    [Theory]
    [InlineData("""{"kernel_id": "../../etc"}""", HttpStatusCode.BadRequest, "cannot be a kernel's id")]
    [InlineData("""{"name": "fortran"}""", HttpStatusCode.NotImplemented, "The 'fortran' kernel is not available.")]
    [InlineData("""{"name": "dies"}""", HttpStatusCode.InternalServerError, "no module named shark")]
    [InlineData("""[1]""", HttpStatusCode.BadRequest, "Invalid JSON")]
    [InlineData("""{"name": """, HttpStatusCode.BadRequest, "Invalid JSON")]
    public async Task Start_ThatCannotWork_SaysWhyAndLeavesNothing(string body, HttpStatusCode expected, string words)
    {
        await using var lab = await keeper.StartLabAsync();
        var (status, answer, _) = await lab.SendAsync(HttpMethod.Post, "/api/kernels", body);
        Assert.Equal(expected, status);
        Assert.Contains(words, (string?)answer!["message"]);
        Assert.Empty((await lab.GetAsync("/api/kernels")).AsArray());
    }

    [Fact]
    public async Task Start_InAFolder_RunsThereWithTheVariablesOfLabAndSpec()
    {
        await using var lab = await keeper.StartLabAsync();
        Directory.CreateDirectory(Path.Combine(lab.Root, "deep/folder"));
        var id = await lab.StartKernelAsync("""{"name": "variables", "path": "deep/folder"}""");
        using var page = await lab.OpenPageAsync(id, "page");
        var execution = await page.ExecuteAsync("import os; print(os.getcwd(), os.environ['SHARK'], os.environ['KEPT'], 'JPY_PARENT_PID' in os.environ, sep='|', end='')");
        var messages = await page.ReadExecutionAsync(execution);
        var text = string.Concat(messages.Where(message => message.Type == "stream").Select(message => (string?)message.Content["text"]));
        Assert.Equal($"{lab.Root}/deep/folder|{keeper.Home.StateFolder}/fin|${{NOT_THERE}}|False", text);
    }

    [GeneratedRegex(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
    private static partial Regex JupyterTime();
}
