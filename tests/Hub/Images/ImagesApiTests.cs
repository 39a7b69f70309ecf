using System.Formats.Tar;
using System.Net.Http.Headers;
using System.Text.Json;
using Holdfast.Engines.Contract;
using Holdfast.Engines.Podman;
using Holdfast.Engines.Tests.Podman;
using Holdfast.Hub.People;
using Holdfast.Hub.Tests.Api;

namespace Holdfast.Hub.Tests.Images;

/// <summary>The API of images, with a real Podman and a real registry.</summary>
[Collection(PodmanTests.Name)]
public sealed class ImagesApiTests(PodmanService podman) : IAsyncLifetime
{
    private readonly string _name = $"t{Guid.NewGuid():N}"[..10];
    private PodmanEngine _engine = null!;
    private TestHub _hub = null!;
    private ApiClient _ada = null!, _bob = null!;

    public async ValueTask InitializeAsync()
    {
        if (podman.Unusable is { } reason) Assert.Skip(reason);
        _engine = new PodmanEngine(podman.Socket);
        _hub = await new TestHub(engines: new Dictionary<string, IEngine> { ["podman"] = _engine }).StartAsync();
        _ada = new ApiClient(_hub);
        _hub.Service<Persons>().Add("bob", isAdmin: false, null);
        _bob = new ApiClient(_hub, _hub.Service<Tokens>().Create(TestHub.Bob, "test", Tokens.All, null).Value.Shown);
    }

    public async ValueTask DisposeAsync()
    {
        _ada?.Dispose();
        _bob?.Dispose();
        if (_hub is not null) await _hub.DisposeAsync();
        _engine?.Dispose();
    }

    [Fact]
    public async Task Image_BuiltPushedRemovedAndPulledByAMember_HasTheDigestOfTheRegistry()
    {
        await using var registry = await LocalRegistry.StartAsync(withLogin: true);
        var (lines, built) = await BuildAsync(_bob, _name, $"FROM {podman.Image}\nRUN echo {_name} > /mark\n");
        Assert.Equal(("image", $"localhost/people/bob/{_name}:1"), (built.Kind, built.Json.GetProperty("name").GetString()));
        Assert.Contains(lines, line => line.StartsWith("STEP 1/", StringComparison.Ordinal));
        var target = $"{registry.Name}/team/{_name}:7";

        var denied = await StreamAsync(_bob, "images/push", $$"""{"image":"{{_name}}","to":"{{target}}"}""");
        var login = await _bob.SendAsync(HttpMethod.Put, "images/logins", $$"""{"registry":"{{registry.Name}}","user":"{{LocalRegistry.User}}","password":"{{LocalRegistry.Password}}"}""");
        var pushed = await StreamAsync(_bob, "images/push", $$"""{"image":"{{_name}}","to":"{{target}}"}""");
        var remote = await _bob.GetAsync($"images/remote?place={registry.Name}/team/{_name}");
        var removed = await _bob.SendAsync(HttpMethod.Delete, $"images?image={_name}", null);
        var pulled = await StreamAsync(_bob, "images/pull", $$"""{"image":"{{target}}"}""");

        Assert.Equal(("error", "forbidden"), (denied.Last.Kind, denied.Last.Json.GetProperty("code").GetString()));
        Assert.Equal(200, login.Status);
        var digest = pushed.Last.Json.GetProperty("digest").GetString();
        Assert.Equal(("image", target), (pushed.Last.Kind, pushed.Last.Json.GetProperty("name").GetString()));
        Assert.Equal(("7", digest), (remote.Json.GetProperty("tags")[0].GetProperty("name").GetString(), remote.Json.GetProperty("tags")[0].GetProperty("digest").GetString()));
        Assert.True(removed.Json.GetProperty("is_gone").GetBoolean(), removed.Text);
        Assert.Equal(digest, pulled.Last.Json.GetProperty("digest").GetString());
        Assert.Equal("forbidden", (await _ada.GetAsync($"images/remote?place={registry.Name}/team/{_name}")).Code);
        Assert.DoesNotContain(LocalRegistry.Password, (await _bob.GetAsync("images/logins")).Text, StringComparison.Ordinal);
        var actions = _hub.Service<AuditLog>().Read().Select(line => (line.Person, line.Action)).ToList();
        foreach (var action in (string[])["image.build", "image.push", "image.rm", "image.pull"]) Assert.Contains(("bob", action), actions);
        Assert.DoesNotContain(_hub.Service<AuditLog>().Read(), line => $"{line.Subject} {line.Detail}".Contains(LocalRegistry.Password, StringComparison.Ordinal));
    }

    [Fact]
    public async Task ImagesOfOthers_AreForAdministratorsToRemove()
    {
        await BuildAsync(_ada, _name, $"FROM {podman.Image}\nRUN echo {_name} > /mark\n");
        var name = (await _ada.GetAsync("images")).Json.EnumerateArray().SelectMany(image => image.GetProperty("names").EnumerateArray()).Select(each => each.GetString()!).Single(each => each.Contains($"/{_name}:", StringComparison.Ordinal));

        var theirs = await _bob.SendAsync(HttpMethod.Delete, $"images?image={name}", null);
        var nobodys = await _bob.SendAsync(HttpMethod.Delete, "images?image=localhost/nothing:1", null);
        var prune = await _bob.PostAsync("images/prune", """{"all":true}""");
        var taken = await BuildAsync(_bob, "docker.io/library/debian:12", $"FROM {podman.Image}\n");

        Assert.Equal((403, theirs.Text), (theirs.Status, nobodys.Text));
        Assert.Equal((403, 403, "forbidden"), (prune.Status, (await _bob.GetAsync("images/unused")).Status, taken.Last.Json.GetProperty("code").GetString()));
        Assert.False((await _bob.GetAsync("images")).Json.EnumerateArray().Single(image => image.GetProperty("names").EnumerateArray().Any(each => each.GetString() == name)).GetProperty("is_yours").GetBoolean());
        Assert.Equal(200, (await _ada.SendAsync(HttpMethod.Delete, $"images?image={name}", null)).Status);
    }

    [Fact]
    public async Task Image_OfAMachine_IsUsedByItAndNotPruned()
    {
        var (_, built) = await BuildAsync(_ada, $"localhost/{_name}", $"FROM {podman.Image}\nRUN head -c 1000000 /dev/zero > /one\n");
        var name = built.Json.GetProperty("name").GetString()!;
        await _hub.CreateAsync(_name, spec => spec with { Image = name }, start: false);
        await BuildAsync(_ada, $"localhost/{_name}-left:1", $"FROM {podman.Image}\nRUN head -c 2000000 /dev/zero > /two\n");
        await BuildAsync(_ada, $"localhost/{_name}-left:1", $"FROM {podman.Image}\nRUN head -c 3000000 /dev/zero > /three\n");

        var used = (await _ada.GetAsync("images")).Json.EnumerateArray().Single(image => image.GetProperty("names").EnumerateArray().Any(each => each.GetString() == name));
        var refused = await _ada.SendAsync(HttpMethod.Delete, $"images?image={name}", null);
        var left = (await _ada.GetAsync("images/unused")).Json;
        var all = (await _ada.GetAsync("images/unused?all=true")).Json;
        var page = await _ada.Http.GetStringAsync(new Uri(_hub.Address, $"images?push={Uri.EscapeDataString(name)}"), TestHub.Cancellation);
        var theirs = await _bob.Http.GetStringAsync(new Uri(_hub.Address, "images"), TestHub.Cancellation);
        var pruned = (await _ada.PostAsync("images/prune")).Json;

        Assert.Equal($"machine {_name}", used.GetProperty("used_by")[0].GetString());
        Assert.InRange(used.GetProperty("own").GetInt64(), 1_000_000, 1_100_000);
        Assert.Equal((409, true), (refused.Status, refused.Message!.Contains($"machine {_name}", StringComparison.Ordinal)));
        Assert.All(left.GetProperty("images").EnumerateArray(), image => Assert.Equal(0, image.GetProperty("names").GetArrayLength()));
        Assert.InRange(left.GetProperty("frees").GetInt64(), 2_000_000, 1_000_000_000);
        Assert.DoesNotContain(all.GetProperty("images").EnumerateArray(), image => image.GetProperty("id").GetString() == used.GetProperty("id").GetString());
        Assert.Equal((left.GetProperty("frees").GetInt64(), 0), (pruned.GetProperty("frees").GetInt64(), (await _ada.GetAsync("images/unused")).Json.GetProperty("images").GetArrayLength()));
        Assert.Equal(name, $"localhost/{_name}:1");
        foreach (var part in (string[])[$"<code>{name}</code>", $"machine {_name}", $"<h2>Push {name}</h2>", "<h2>Left over</h2>"]) Assert.Contains(part, page, StringComparison.Ordinal);
        Assert.Contains("a machine of somebody else", theirs, StringComparison.Ordinal);
        foreach (var part in (string[])[$"machine {_name}", "/images/prune", "/images/remove"]) Assert.DoesNotContain(part, theirs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_OfACommand_SaysHowItEnded()
    {
        var good = (await _bob.PostAsync("images/check", $$"""{"image":"{{podman.Image}}","command":["python3","-c","import re; print('is here')"]}""")).Json;
        var bad = (await _bob.PostAsync("images/check", """{"image":"holdfast-test:1","command":["python3","-c","import no_such_package"]}""")).Json;

        Assert.Equal((true, 0), (good.GetProperty("passed").GetBoolean(), good.GetProperty("exit_code").GetInt32()));
        Assert.Contains("is here\n", good.GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.Equal((false, 1), (bad.GetProperty("passed").GetBoolean(), bad.GetProperty("exit_code").GetInt32()));
        Assert.Contains("No module named 'no_such_package'", bad.GetProperty("output").GetString(), StringComparison.Ordinal);
        Assert.Equal(404, (await _bob.PostAsync("images/check", """{"image":"none","command":["true"]}""")).Status);
        Assert.Equal(400, (await _bob.PostAsync("images/check", $$"""{"image":"{{podman.Image}}","command":[]}""")).Status);
        foreach (var path in (string[])["images/push", "images/pull", "images/check"]) Assert.Equal(400, (await _bob.PostAsync(path)).Status);
        Assert.Equal(400, (await _bob.SendAsync(HttpMethod.Put, "images/logins", "{}")).Status);
        Assert.Empty((await _engine.ListAsync("image-check", TestHub.Cancellation)).Value!);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_hub.Folders.Root, "checks")));
    }

    [Fact]
    public async Task Build_OfNoArchive_SaysSo()
    {
        using var content = new ByteArrayContent("nonsense that is no archive"u8.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-tar") } };

        var (_, last) = await StreamAsync(_bob, $"images/build?name={_name}", content);

        Assert.Equal(("error", "bad-request"), (last.Kind, last.Json.GetProperty("code").GetString()));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(_hub.Folders.Root, "builds")));
    }

    private static async Task<(List<string> Lines, Event Last)> BuildAsync(ApiClient client, string name, string containerfile)
    {
        using var archive = new MemoryStream();
        await using (var writer = new TarWriter(archive, leaveOpen: true))
        {
            using var text = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(containerfile));
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "Containerfile") { DataStream = text }, TestHub.Cancellation);
        }
        using var content = new ByteArrayContent(archive.ToArray()) { Headers = { ContentType = new MediaTypeHeaderValue("application/x-tar") } };
        return await StreamAsync(client, $"images/build?name={Uri.EscapeDataString(name)}", content);
    }

    private static async Task<(List<string> Lines, Event Last)> StreamAsync(ApiClient client, string path, string json)
    {
        using var content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        return await StreamAsync(client, path, content);
    }

    private static async Task<(List<string> Lines, Event Last)> StreamAsync(ApiClient client, string path, HttpContent content)
    {
        using var response = await client.Http.PostAsync(path, content, TestHub.Cancellation);
        var text = await response.Content.ReadAsStringAsync(TestHub.Cancellation);
        if (!response.IsSuccessStatusCode) return ([], new Event("fault", JsonDocument.Parse(text).RootElement));
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('\n')).Select(each => new Event(each[0]["event: ".Length..], JsonDocument.Parse(each[1]["data: ".Length..]).RootElement)).ToList();
        return ([.. events.Where(each => each.Kind == "line").Select(each => each.Json.GetString()!)], events[^1]);
    }

    private sealed record Event(string Kind, JsonElement Json);
}
