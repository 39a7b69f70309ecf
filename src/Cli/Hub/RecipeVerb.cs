using System.CommandLine;
using System.Net.ServerSentEvents;
using System.Text.Json;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Loss;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast recipe</c>: the Containerfile of a machine's environment.</summary>
internal static class RecipeVerb
{
    public static Command Create() => new("recipe", "Recipes: what was installed in a machine, as the lines of an image.") { Record(), Show(), Diff(), Build() };

    private static Command Record()
    {
        var (name, format) = (Asking.Machine(), Output.Format());
        var files = new Option<string[]>("--file") { Description = "An absolute path inside that the image shall have as well. May be given several times.", HelpName = "PATH" };
        return Asking.Verb("record", "Turn what was installed in a running machine, and in its owner's home, into lines of its recipe with exact versions, and print it.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Post, Asking.PathOf(parse.GetValue(name)!, "/recipe/record"), new RecordRequest(parse.GetValue(files)), HubJson.Default.RecordRequest, cancellationToken);
            return Write(reply, parse.GetValue(format) == "json");
        }, name, files, format);
    }

    private static Command Show()
    {
        var (name, format) = (Asking.Machine(), Output.Format());
        return Asking.Verb("show", "Print the recipe of a machine.", async (parse, hub, cancellationToken) =>
            Write(await hub.GetAsync(Asking.PathOf(parse.GetValue(name)!, "/recipe"), cancellationToken), parse.GetValue(format) == "json"), name, format);
    }

    private static Command Diff()
    {
        var (name, format) = (Asking.Machine(), Output.Format());
        return Asking.Verb("diff", "Show what a running machine and its recipe do not have in common.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.GetAsync(Asking.PathOf(parse.GetValue(name)!, "/recipe/diff"), cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            var drift = reply.Read(HubJson.Default.RecipeDrift);
            if (drift.IsEmpty) Console.WriteLine("The machine has what its recipe says.");
            foreach (var package in drift.Unwritten) Console.WriteLine($"+ {Line(package, package.Now)}{(package.Before is { } before ? $" (the recipe has {before})" : "")}");
            foreach (var package in drift.Missing) Console.WriteLine($"- {Line(package, package.Before)}{(package.Now is { } now ? $" (the machine has {now})" : "")}");
            return 0;
        }, name, format);
    }

    private static Command Build()
    {
        var (name, quiet) = (Asking.Machine(), Asking.Quiet());
        return Asking.Verb("build", "Build the image of a machine's recipe, and print its name. The machine goes on with the image that it has.", async (parse, hub, cancellationToken) =>
        {
            var asked = parse.GetValue(name)!;
            var (response, fault) = await hub.StreamAsync(HttpMethod.Post, Asking.PathOf(asked, "/recipe/build"), cancellationToken);
            if (response is null) return Asking.Fail(fault!);
            using (response)
            {
                await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
                await foreach (var item in SseParser.Create(stream, (_, data) => data.ToArray()).EnumerateAsync(cancellationToken))
                {
                    if (item.EventType == "line" && !parse.GetValue(quiet)) Console.Error.WriteLine(MachineTexts.Plain(JsonSerializer.Deserialize(item.Data, HubJson.Default.String)!.TrimEnd()));
                    if (item.EventType == "error") return Output.Fail(JsonSerializer.Deserialize(item.Data, HubJson.Default.ApiError)!.Message);
                    if (item.EventType != "image") continue;
                    Console.WriteLine(JsonSerializer.Deserialize(item.Data, HubJson.Default.BuiltImage)!.Name);
                    return 0;
                }
            }
            return Output.Fail("the hub has ended before the image was built.");
        }, name, quiet);
    }

    private static int Write(HubReply reply, bool json)
    {
        if (reply.Fault is not null) return Asking.Fail(reply);
        if (json) return reply.WriteJson();
        Console.WriteLine(reply.Read(HubJson.Default.Recipe).Text.TrimEnd('\n'));
        return 0;
    }

    private static string Line(PackageChange package, string? version) => $"{package.Source} {package.Name} {version}";
}
