using System.Text.Json;
using Holdfast.Hub.Api.Contract;
using Holdfast.Hub.Inside;
using Holdfast.Hub.Loss;
using Holdfast.Hub.Machines;
using Holdfast.Hub.People;

namespace Holdfast.Hub.Jobs;

/// <summary>Jobs of notebooks that lie in a machine which runs: it says what can be set, and packs its files. Nothing in the machine can submit one: its owner does, at the hub.</summary>
internal sealed class NotebookJobs(HubOptions options, Fleet fleet, JobCode code, JobBook jobs)
{
    /// <summary>What a job of a notebook would be. A problem of the notebook's is in the offer.</summary>
    /// <param name="machine">The machine: the caller's.</param>
    /// <param name="notebook">Its path below the folder that the machine's lab serves.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public Task<HubResult<NotebookOffer>> LookAsync(MachineRecord machine, string notebook, CancellationToken cancellationToken) =>
        AskAsync(machine, new NotebookOrder(notebook, null, new Dictionary<string, string>()), cancellationToken);

    /// <summary>Has the files packed, takes them, and submits.</summary>
    /// <param name="caller">Whose job it is to be.</param>
    /// <param name="machine">The machine whose environment it runs in, by name.</param>
    /// <param name="order">What is to run.</param>
    /// <param name="wish">What the machine has no say in: name, resources, output, secrets, limits.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<HubResult<JobRecord>> SubmitAsync(Caller caller, string machine, NotebookOrder order, JobSpec wish, CancellationToken cancellationToken)
    {
        if (!caller.MayWrite) return HubFault.OnlyReads;
        var found = fleet.Find(caller, machine);
        if (!found.Ok) return found.Fault;
        var state = options.Folders.StateOf(found.Value.Id);
        var archive = $"code-{Guid.NewGuid():n}.tar.gz";
        JobSpec? offered;
        try
        {
            var asked = await AskAsync(found.Value, order with { Archive = archive }, cancellationToken);
            if (!asked.Ok) return asked.Fault;
            if (asked.Value.Problem is { } problem) return new HubFault("bad-request", problem);
            offered = SpecOf(asked.Value);
            if (offered is not { Command: not null, Code: { } hash } || JobRules.Hash(hash) is not { } digest) return new HubFault("unavailable", $"{machine} did not say what is to run.");
            // Whoever is inside can put anything in its place, as a link that leads out.
            using var inside = new ForeignTree(state);
            await using var packed = inside.OpenFile($"/{archive}");
            if (packed is null) return new HubFault("unavailable", $"{machine} has not packed the files.");
            if ((await code.TakeAsync(digest, packed, cancellationToken)).Fault is { } unfit) return unfit;
        }
        finally
        {
            File.Delete(Path.Combine(state, archive));
        }
        return await jobs.SubmitAsync(caller, JobRules.Filled(wish with
        {
            Machine = machine,
            Command = offered.Command,
            Code = offered.Code,
            Notebook = offered.Notebook,
            Parameters = offered.Parameters,
            PassAs = offered.PassAs,
            Env = offered.Env,
            Imports = offered.Imports,
        }), cancellationToken: cancellationToken);
    }

    private Task<HubResult<NotebookOffer>> AskAsync(MachineRecord machine, NotebookOrder order, CancellationToken cancellationToken) =>
        InsideCall.AskAsync(options, machine, "job", order, NotebookJson.Default.NotebookOrder, NotebookJson.Default.NotebookOffer, cancellationToken);

    private static JobSpec? SpecOf(NotebookOffer offer)
    {
        try
        {
            return offer.Spec?.Deserialize(HubJson.Default.JobSpec);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
