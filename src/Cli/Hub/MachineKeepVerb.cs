using System.CommandLine;
using Holdfast.Hub.Api.Contract;

namespace Holdfast.Cli.Hub;

/// <summary><c>holdfast machine keep NAME PATH…</c>.</summary>
internal static class MachineKeepVerb
{
    public static Command Create()
    {
        var (name, format, quiet) = (Asking.Machine(), Output.Format(), Asking.Quiet());
        var paths = new Argument<string[]>("PATH...") { Description = "Absolute paths inside, as 'machine loss' lists them.", Arity = ArgumentArity.OneOrMore };
        var remove = new Option<bool>("--remove") { Description = "Move kept paths back instead: the next stop destroys them." };
        // A list of words takes what looks like an option too.
        paths.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.StartsWith('-')) is { } option) result.AddError($"'holdfast machine keep' has no option '{option.Value}'.");
        });
        return Asking.Verb("keep", "Keep paths of a running machine over its stops: they are moved to its storage, and links take their place, now and at every start.", async (parse, hub, cancellationToken) =>
        {
            var reply = await hub.SendAsync(HttpMethod.Post, Asking.PathOf(parse.GetValue(name)!, "/keep"), new KeepRequest(parse.GetValue(paths)!, parse.GetValue(remove)), HubJson.Default.KeepRequest, cancellationToken);
            if (reply.Fault is not null) return Asking.Fail(reply);
            if (parse.GetValue(format) == "json") return reply.WriteJson();
            if (!parse.GetValue(quiet)) foreach (var kept in reply.Read(HubJson.Default.IReadOnlyListKeptPath)) Console.WriteLine(parse.GetValue(remove) ? $"{kept.Path} is no longer kept." : $"{kept.Path} is kept.");
            return 0;
        }, name, paths, remove, quiet, format);
    }
}
