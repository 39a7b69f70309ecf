using System.Text.Json.Nodes;

namespace Holdfast.Lab.Tests.Kernels;

/// <summary>A kernel that works on several requests at once.</summary>
public sealed class SubshellTests(KeeperFixture keeper)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Subshell_WhileTheMainShellWorks_AnswersAndTheKernelStaysBusy(bool legacy)
    {
        await using var lab = await keeper.StartLabAsync();
        var id = await lab.StartKernelAsync("""{"name": "subshells"}""");
        using var page = await lab.OpenPageAsync(id, "page", legacy);
        var go = Path.Combine(lab.Root, "go");

        var subshell = (string)(await AskAsync(page, "create_subshell_request", []))["subshell_id"]!;
        var main = await page.ExecuteAsync($"wait {go}");
        await page.ReadUntilAsync(message => message.Type == "execute_input" && message.Parent == main);
        page.Subshell = subshell;
        var beside = await page.ReadExecutionAsync(await page.ExecuteAsync("say beside"));
        Assert.Equal("beside", (string?)Assert.Single(beside, message => message.Type == "stream").Content["text"]);

        // The subshell's idle has come, the main shell works on.
        Assert.Equal("busy", (string?)(await lab.GetAsync($"/api/kernels/{id}"))["execution_state"]);
        Assert.Equal([subshell], (await AskAsync(page, "list_subshell_request", []))["subshell_id"]!.AsArray().Select(each => (string?)each));
        await File.WriteAllTextAsync(go, "", TestContext.Current.CancellationToken);
        await page.ReadExecutionAsync(main);
        await lab.WaitForKernelAsync(id, kernel => (string?)kernel["execution_state"] == "idle");

        await AskAsync(page, "delete_subshell_request", new JsonObject { ["subshell_id"] = subshell });
        Assert.Empty((await AskAsync(page, "list_subshell_request", []))["subshell_id"]!.AsArray());
    }

    private static async Task<JsonNode> AskAsync(PageClient page, string type, JsonObject content)
    {
        var request = await page.RequestAsync("control", type, content);
        var reply = (await page.ReadUntilAsync(message => message.Channel == "control" && message.Parent == request))[^1];
        Assert.Equal((type.Replace("request", "reply", StringComparison.Ordinal), "ok"), (reply.Type, (string?)reply.Content["status"]));
        return reply.Content;
    }
}
