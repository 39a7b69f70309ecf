using Holdfast.Hub.Costs;
using Holdfast.Hub.Events;
using Holdfast.Hub.Images;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;
using Holdfast.Hub.Tests.Api;

namespace Holdfast.Hub.Tests.People;

/// <summary>A member at every endpoint that the API describes, with the names of somebody else's things.</summary>
public sealed class TwoPeopleTests : IAsyncLifetime
{
    private const string Machine = "hidden-leaves", Secret = "HIDDEN_TOKEN", Text = "hidden text", Registry = "hidden.example.org";
    private readonly TestHub _hub = new();
    private ApiClient _api = null!;

    public async ValueTask InitializeAsync() => _api = new ApiClient(await _hub.StartAsync());

    public ValueTask DisposeAsync()
    {
        _api?.Dispose();
        return _hub.DisposeAsync();
    }

    [Fact]
    public async Task Member_AtEveryEndpoint_SeesAndChangesNothingOfOthers()
    {
        var hidden = new Caller("hidden-grace", IsAdmin: false);
        var persons = _hub.Service<Persons>();
        persons.Add(hidden.Name, isAdmin: false, null);
        persons.Add("bob", isAdmin: false, null);
        var machine = await _hub.CreateAsync(Machine, start: false);
        _hub.Service<SecretStore>().Set(hidden, Secret, Text);
        _hub.Service<RegistryLogins>().Set(hidden, Registry, hidden.Name, Text);
        _hub.Service<EventLog>().Add("test.event", Machine, hidden.Name, Text);
        _hub.Service<CostLedger>().BeginRun(machine.Id, Machine, hidden.Name, "hidden-type", 7m, "USD");
        var token = _hub.Service<Tokens>().Create(hidden, Text, Tokens.All, null).Value.Token.Id;
        _hub.Service<Sessions>().Begin(hidden.Name, Text);
        var session = _hub.Service<Sessions>().List(hidden.Name)[0].Id;
        await _api.PostAsync("people/invite", """{"name":"hidden-friend"}""");
        var invitation = (await _api.GetAsync("invitations")).Json[0].GetProperty("id").GetString();
        HubFolders.Make(_hub.Folders.HomeOf(hidden.Name));
        await File.WriteAllTextAsync(Path.Combine(_hub.Folders.HomeOf(hidden.Name), "hidden-file"), Text, TestHub.Cancellation);
        var job = await _hub.UntilOverAsync(await _hub.SubmitAsync($"echo {Text} | tee $HOLDFAST_OUTPUT/artifact.txt", spec => spec with { Name = "hidden-job" }, hidden with { IsAdmin = true }));
        using var bob = new ApiClient(_hub, _hub.Service<Tokens>().Create(TestHub.Bob, "test", Tokens.All, null).Value.Shown);
        var document = (await _api.GetAsync("openapi.json")).Json;
        var walked = 0;

        foreach (var path in document.GetProperty("paths").EnumerateObject())
        {
            foreach (var method in path.Value.EnumerateObject().Where(member => member.Value.TryGetProperty("responses", out _)))
            {
                var place = $"{method.Name.ToUpperInvariant()} {path.Name}";
                var (theirs, nobodys) = (Fill(path.Name, isTheirs: true), Fill(path.Name, isTheirs: false));
                var reply = await AskAsync(bob, method.Name, theirs);
                walked++;
                // Names that were in the address are no news.
                Assert.False(Leaks(reply.Text.Replace(Machine, "", StringComparison.Ordinal).Replace(hidden.Name, "", StringComparison.Ordinal).Replace(Secret, "", StringComparison.Ordinal)), $"{place}: {reply.Text}");
                if (path.Name.Contains('{', StringComparison.Ordinal) && !IsOwn(path.Name))
                {
                    Assert.True(reply.Status is 403 or 404, $"{place}: {reply.Status} {reply.Text}");
                    // One that there is not is answered in the same words.
                    var other = await AskAsync(bob, method.Name, nobodys);
                    Assert.Equal((reply.Status, reply.Text), (other.Status, other.Text.Replace("nothing-here", Machine, StringComparison.Ordinal).Replace("nobody-here", hidden.Name, StringComparison.Ordinal).Replace("j00000000", job.Id, StringComparison.Ordinal)
                        .Replace("0000000000000000", path.Name.Contains("invitations", StringComparison.Ordinal) ? invitation : path.Name.Contains("sessions", StringComparison.Ordinal) ? session : token, StringComparison.Ordinal)));
                }
                else if (method.Name == "get") Assert.False(Leaks(reply.Text), $"{place}: {reply.Text}");
            }
        }

        Assert.True(walked > 40, $"{walked}");
        foreach (var volume in (string[])[$"home/{hidden.Name}", $"notebooks/{Machine}"])
        {
            Assert.Equal(404, (await bob.GetAsync($"storage/files?volume={volume}")).Status);
            Assert.Equal(404, (await bob.SendAsync(HttpMethod.Post, $"storage/measure?volume={volume}", null)).Status);
        }
        Assert.Equal("[]", (await bob.GetAsync($"events?machine={Machine}")).Text);
        Assert.DoesNotContain(Registry, (await bob.GetAsync("images/logins")).Text, StringComparison.Ordinal);
        Assert.Equal(404, (await bob.SendAsync(HttpMethod.Delete, $"images/logins?registry={Registry}", null)).Status);
        // Nothing has become of it.
        Assert.Equal((MachineState.Created, Machine), (_hub.Fleet.Find(Machine)!.State, _hub.Fleet.Find(Machine)!.Spec.Name));
        Assert.Equal([Secret, "REGISTRY_HIDDEN_EXAMPLE_ORG_LOGIN"], _hub.Service<SecretStore>().List(hidden.Name).Select(secret => secret.Name));
        Assert.Single(_hub.Service<Tokens>().List(hidden.Name));
        Assert.Single(_hub.Jobs.List(TestHub.Ada, new()));
        Assert.Single(_hub.Service<Sessions>().List(hidden.Name));
        Assert.Equal(1, (await _api.GetAsync("invitations")).Json.GetArrayLength());
        Assert.Contains(persons.List(), person => person is { Name: "hidden-grace", IsAdmin: false });

        string Fill(string path, bool isTheirs) => path["/api/v1/".Length..]
            .Replace("{person}", isTheirs ? hidden.Name : "nobody-here", StringComparison.Ordinal)
            .Replace("{name}", path.Contains("secrets", StringComparison.Ordinal) ? isTheirs ? Secret : "NOTHING" : isTheirs ? Machine : "nothing-here", StringComparison.Ordinal)
            .Replace("{job}", isTheirs ? job.Id : "j00000000", StringComparison.Ordinal)
            .Replace("{path}", "artifact.txt", StringComparison.Ordinal)
            .Replace("{id}", !isTheirs ? "0000000000000000" : path.Contains("invitations", StringComparison.Ordinal) ? invitation : path.Contains("sessions", StringComparison.Ordinal) ? session : token, StringComparison.Ordinal);
    }

    /// <summary>Names below these are the caller's own, whoever else has the same.</summary>
    private static bool IsOwn(string path) => path.StartsWith("/api/v1/secrets/", StringComparison.Ordinal) || path.StartsWith("/api/v1/jobs/code/", StringComparison.Ordinal);

    private static bool Leaks(string text) => text.Contains("hidden", StringComparison.OrdinalIgnoreCase);

    /// <summary>With a body that there is nothing wrong with: who asks is what it fails at.</summary>
    private static async Task<ApiReply> AskAsync(ApiClient client, string method, string path)
    {
        var body = method is "get" or "delete" ? null : path switch
        {
            _ when path.EndsWith("/role", StringComparison.Ordinal) => """{"role":"admin"}""",
            _ when path.EndsWith("/budget", StringComparison.Ordinal) => """{"amount":1}""",
            _ when path.EndsWith("/fork", StringComparison.Ordinal) => """{"name":"mine"}""",
            _ when path.EndsWith("/extend", StringComparison.Ordinal) => """{"seconds":3600}""",
            _ when path.EndsWith("/keep", StringComparison.Ordinal) => """{"paths":["/opt/a"]}""",
            _ when path.EndsWith("/recipe", StringComparison.Ordinal) => """{"text":"FROM a"}""",
            _ when path.EndsWith("people/invite", StringComparison.Ordinal) => """{"name":"mine"}""",
            _ when path.EndsWith("/approve", StringComparison.Ordinal) => """{"hash":"00"}""",
            "images/push" => $$"""{"image":"{{Machine}}","to":"{{Registry}}/a"}""",
            "images/pull" => $$"""{"image":"{{Registry}}/a"}""",
            "images/check" => $$"""{"image":"{{Machine}}","command":["true"]}""",
            "images/logins" => """{"registry":"registry.example.org","user":"a","password":"b"}""",
            _ when path.StartsWith("secrets/", StringComparison.Ordinal) => """{"value":"x"}""",
            _ => "{}",
        };
        // 'confirm' is a deletion's.
        return await client.SendAsync(new HttpMethod(method.ToUpperInvariant()), method == "delete" && path.StartsWith("machines/", StringComparison.Ordinal) ? $"{path}?confirm={path["machines/".Length..]}" : path, body);
    }
}
