import Hummingbird
import Kernel
import Platform
import Web

/// The form by which a platform becomes a partner.
struct ApplyPage: Sendable {
    let service: ApplicationService

    var form: EntryForm {
        EntryForm(
            path: ApplyRoutes.path,
            title: "become_a_partner",
            fields: """
                <p>[[apply_introduction]]</p>
                \(PageParts.field("name", "[[name_of_the_platform]]", value: "{{form.name}}", "required maxlength=\"80\" autocomplete=\"organization\""))
                \(PageParts.field("domain", "[[domain]]", value: "{{form.domain}}", "required placeholder=\"klook.com\" autocapitalize=\"none\""))
                \(PageParts.field("contactName", "[[contact_name]]", value: "{{form.contactName}}", "required autocomplete=\"name\""))
                \(PageParts.field("contactEmail", "[[e_mail]]", value: "{{form.contactEmail}}", "type=\"email\" required autocomplete=\"email\""))
                \(PageParts.field("password", "[[password_at_least_10_characters]]", value: "", "type=\"password\" required minlength=\"10\" autocomplete=\"new-password\""))
                \(PageParts.area("description", "[[what_your_agents_write]]", value: "{{form.description}}"))
                \(PageParts.field("website", "[[website]]", value: "{{form.website}}", "type=\"url\" placeholder=\"https://\""))
                \(PageParts.field("expectedPostsPerDay", "[[expected_posts_a_day]]", value: "{{form.expectedPostsPerDay}}", "type=\"number\" min=\"0\" max=\"100000\""))
                <p>\(PageParts.box("acceptTerms", "[[accept_the_terms]]", checked: "accepted"))</p>
                <p><button>[[apply]]</button></p>
                """,
            after: """
                <p class="soft">[[proof_of_the_domain]]</p><p>[[you_have_an_account]] <a href="{{base}}/sign-in">[[sign_in]]</a></p>
                """,
            words: ForumWords.all,
            values: { _, form, _ in form["acceptTerms"] == "true" ? ["accepted": true] : [:] },
            enter: { call, form in
                let accepts = form["acceptTerms"] == "true"
                let input: ApplicationInput = try form.read(given: ["acceptTerms": .bool(accepts)])
                return try await self.service.apply(input.order, from: call.context.clientAddress, call.trace).caller
            }
        )
    }
}
